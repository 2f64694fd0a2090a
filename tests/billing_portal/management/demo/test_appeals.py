"""The demo's appeals: a few, each a step further, quickly."""

from datetime import UTC, datetime

import pytest

from billing_portal.access.actor import system_actor
from billing_portal.management.demo.appeals import appeal, know_payers
from cases.payers.models import PayerContact, PayerRule
from cases.types.denial.appeals.models import Appeal, Recourse
from cases.work.models import Queue
from tests.factories.cases import CaseFactory
from tests.factories.integrations import PayerFactory
from tests.factories.people import granted

NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_denials_in_good_hands_are_brought_into_appeal_once(db):
    queues = list(Queue.objects.filter(key__in=["denials-technical", "appeals-in-flight"]))
    home = next(queue for queue in queues if queue.key == "denials-technical")
    for _ in range(5):
        case = CaseFactory(queue=home)
        owner = granted(queues=queues, facilities=[case.facility])
        CaseFactory(
            queue=home, facility=case.facility, status="in_work", owner=owner, claim=case.claim
        )

    assert appeal(now=NOW) == 5
    assert appeal(now=NOW) == 0

    states = Appeal.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["draft", "ready", "submitted", "decided"]
    assert Recourse.objects.get().approval.state == "pending"


def test_every_confirmed_payer_is_known_once(db):
    PayerFactory(is_confirmed=True)
    for _ in range(2):
        know_payers(by=system_actor("demo"))

    assert PayerContact.objects.count() == 1
    assert PayerRule.objects.count() == 3
