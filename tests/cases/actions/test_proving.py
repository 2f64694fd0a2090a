"""Each night it is on record whether anybody could move money alone, and those who answer know."""

import pytest
from django.contrib.auth.models import Group

from billing_portal.access.services import sync_roles
from billing_portal.audit.models import AuditEvent
from cases.actions.proving import prove_apart
from cases.notices.models import Notification
from tests.factories.cases import OPENED
from tests.factories.people import MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold():
    sync_roles()

    def hold(person, *roles):
        for role in roles:
            MembershipFactory(user=person, group=Group.objects.get(name=role))
        return person

    return hold


def test_that_nobody_could_is_put_on_record_too():
    assert prove_apart(at=OPENED) == []

    event = AuditEvent.objects.get(verb="duties.proved")
    assert (event.chain, '"found":[]' in event.body) == ("config:duties", True)
    assert not Notification.objects.exists()


def test_a_new_danger_is_recorded_every_night_and_told_once(hold):
    auditor = hold(PersonFactory(), "auditor")
    hold(PersonFactory(username="pat", full_name="Pat Poster"), "payment_poster", "cfo")

    for _ in range(2):
        prove_apart(at=OPENED)

    events = AuditEvent.objects.filter(verb="duties.proved")
    assert [("pat" in event.body) for event in events] == [True, True]
    told = Notification.objects.get()
    assert (told.user, told.link) == (auditor, "/approvals/alone/")
    assert told.text.startswith("Pat Poster could move money alone: CFO (role of pat)")
