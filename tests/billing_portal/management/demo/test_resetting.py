"""A demo can be taken away; anything else cannot."""

import pytest

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from billing_portal.audit.services import record
from billing_portal.kernel.models.history import save_because
from billing_portal.management.demo.loading import BEGUN, CHAIN, Standing, standing
from billing_portal.management.demo.resetting import ResetRefused, reset
from cases.work.models import Queue
from integrations.canonical.models import Source
from tests.factories.inbox import MessageFactory
from tests.factories.integrations import SourceFactory

pytestmark = pytest.mark.django_db(transaction=True)


SOURCES = (
    "clearinghouse",
    "clearinghouse-reports",
    "patient-accounting",
    "purchasing",
    "vendor-network",
)
"""From which the demo takes files."""


def begin() -> None:
    record(chain=CHAIN, verb=BEGUN, subject=CHAIN, by=system_actor("demo"), reason="Begun")


def test_a_database_without_a_demo_is_left_alone():
    real = Source(name="payer", label="A payer", connector="x12_835")
    save_because(real, by=system_actor("test"), reason="A real source")

    with pytest.raises(ResetRefused):
        reset()

    assert Source.objects.filter(name="payer").exists()


@pytest.mark.slow
def test_a_demo_is_taken_away_with_its_record_and_the_house_stands_as_new():
    begin()
    User.objects.system("somebody")
    for name in SOURCES:
        MessageFactory(source=SourceFactory(name=name))

    reset()

    assert standing() is Standing.EMPTY
    assert not AuditEvent.objects.filter(chain=CHAIN).exists()
    assert not User.objects.filter(username="system:somebody").exists()
    assert Queue.objects.filter(key="triage").exists()
