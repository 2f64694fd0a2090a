from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent
from integrations.inbox import leases
from integrations.inbox.leases import ATTEMPTS, LeaseLost
from integrations.inbox.models import Message, MessageStatus
from tests.factories.inbox import MessageFactory


def expire(message):
    Message.objects.filter(pk=message.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_message_is_leased_to_one_worker_and_the_attempt_counted():
    message = MessageFactory()
    lease = leases.take()

    assert (lease.message_id, lease.attempts) == (message.pk, 1)
    assert leases.take() is None
    assert leases.take(message_pk=message.pk) is None


@pytest.mark.django_db
def test_the_fewest_attempts_come_first_so_that_poison_delays_nobody():
    poison, healthy = MessageFactory(), MessageFactory()
    leases.take(message_pk=poison.pk)
    expire(poison)

    assert leases.take().message_id == healthy.pk
    assert leases.take().message_id == poison.pk


@pytest.mark.django_db
def test_a_worker_that_wakes_up_late_changes_nothing():
    message = MessageFactory()
    late = leases.take()
    expire(message)
    leases.take()

    with pytest.raises(LeaseLost), transaction.atomic():
        leases.hold(late)
    with pytest.raises(LeaseLost), transaction.atomic():
        leases.settle(late, status=MessageStatus.APPLIED, totals={})
    leases.give_back(late, error="Late")
    message.refresh_from_db()
    assert (message.status, message.attempts, message.error) == (MessageStatus.RECEIVED, 2, "")


@pytest.mark.django_db
def test_a_failed_message_waits_unless_it_is_asked_for_by_name():
    message = MessageFactory()
    leases.give_back(leases.take(), error="OperationalError")

    message.refresh_from_db()
    assert message.error == "OperationalError"
    assert leases.take() is None
    assert leases.take(message_pk=message.pk).attempts == 2
    assert leases.take(message_pk=message.pk) is None, "somebody is on it now"


@pytest.mark.django_db
def test_after_five_attempts_a_message_is_given_up_and_said_so():
    message = MessageFactory()
    for _ in range(ATTEMPTS):
        leases.take(message_pk=message.pk)
        expire(message)

    assert leases.take() is None
    assert leases.bury(by=system_actor("ingest")) == 1
    message.refresh_from_db()
    assert (message.status, message.lease_token) == (MessageStatus.DEAD, None)
    assert message.error
    assert AuditEvent.objects.filter(verb="message.dead").count() == 1
    assert leases.bury(by=system_actor("ingest")) == 0


@pytest.mark.django_db(transaction=True)
def test_a_living_worker_is_never_robbed_however_long_a_part_takes():
    """It holds the message's row locked; when it dies, the lock is gone at once."""
    message = MessageFactory()
    lease = leases.take()
    expire(message)
    with psycopg.connect(settings.DATABASE_URL) as worker:
        worker.execute(
            leases.EXTEND,
            {"lease": 0, "message": lease.message_id, "token": lease.token},
        )
        assert leases.take() is None
        worker.rollback()

    assert leases.take().attempts == 2


@pytest.mark.django_db
def test_settling_ends_the_lease():
    message = MessageFactory()
    lease = leases.take()
    leases.settle(lease, status=MessageStatus.APPLIED, totals={"claims": 2})

    message.refresh_from_db()
    assert (message.status, message.totals["claims"]) == (MessageStatus.APPLIED, 2)
    assert message.applied_at
    assert message.lease_token is None
    assert leases.take(message_pk=message.pk) is None
