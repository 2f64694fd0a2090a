"""What an emergency opens, by the database's clock, and on record."""

import pytest
from django.utils import timezone

from billing_portal.access import emergency
from billing_portal.access.grants import scope_ids
from billing_portal.access.models import EmergencyGrant
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from cases.work.visibility import VIEW_QUEUE
from tests.factories.emergencies import EmergencyGrantFactory

pytestmark = pytest.mark.django_db


def opens(grant):
    fresh = User.objects.get(pk=grant.user_id)
    queue = EmergencyGrant.objects.get(
        reference=grant.reference, permission__codename="view_queue"
    ).thing_id
    return queue in scope_ids(fresh, VIEW_QUEUE)


def test_what_is_open_is_in_scope_until_it_ends():
    grant = EmergencyGrantFactory()
    assert opens(grant)

    emergency.end(reference=grant.reference, by=grant.user, reason="Done", at=timezone.now())

    assert not opens(grant)
    verbs = AuditEvent.objects.filter(chain=f"user:{grant.user_id}").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["emergency.begun", "emergency.ended"]


def test_ending_twice_ends_once():
    grant = EmergencyGrantFactory()
    for _ in range(2):
        emergency.end(reference=grant.reference, by=grant.user, reason="Done", at=timezone.now())

    assert EmergencyGrant.objects.get(pk=grant.pk).version == 2


def test_the_inactive_hold_nothing():
    grant = EmergencyGrantFactory()
    held = User.objects.get(pk=grant.user_id)
    held.is_active = False

    assert scope_ids(held, VIEW_QUEUE) == frozenset()
