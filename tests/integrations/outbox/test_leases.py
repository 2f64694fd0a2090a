"""One worker at a time, and whoever was away for long changes nothing."""

import pytest
from django.db import connection

from integrations.outbox import leases
from integrations.outbox.leases import LeaseLost
from integrations.outbox.lifecycle import ATTEMPTS, OutboxState, Verdict
from integrations.outbox.models import OutboxMessage
from integrations.outbox.settling import give_up, settle
from tests.factories.outbox import OutboxMessageFactory


def expire(message):
    OutboxMessage.objects.filter(pk=message.pk).update(due_at="2020-01-01T00:00:00Z")


def test_a_message_is_leased_to_one_worker_and_the_attempt_counted(destination):
    message = OutboxMessageFactory(destination=destination)

    lease = leases.take()

    assert (lease.message_id, lease.attempts, lease.is_in_doubt) == (message.pk, 1, False)
    assert leases.take() is None


def test_a_lease_is_longer_than_all_that_the_partner_may_take(destination):
    message = OutboxMessageFactory(destination=destination)
    leases.take()

    message.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        left = (message.due_at - cursor.fetchone()[0]).total_seconds()
    assert left > destination.read_seconds + destination.request_limit_seconds


def test_what_a_killed_worker_left_is_in_doubt(destination):
    message = OutboxMessageFactory(destination=destination)
    leases.take()
    expire(message)

    lease = leases.take()

    assert (lease.attempts, lease.is_in_doubt) == (2, True)


def test_a_worker_that_wakes_up_late_changes_nothing(destination):
    message = OutboxMessageFactory(destination=destination)
    late = leases.take()
    expire(message)
    leases.take()

    with pytest.raises(LeaseLost):
        leases.renew(late)
    with pytest.raises(LeaseLost):
        settle(late, message, Verdict(OutboxState.CONFIRMED), [])
    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.LEASED, 2)
    assert message.tries.count() == 0


def test_a_lease_that_ended_is_not_renewed_though_nobody_took_it(destination):
    message = OutboxMessageFactory(destination=destination)
    late = leases.take()
    expire(message)

    with pytest.raises(LeaseLost):
        leases.renew(late)


def test_of_one_order_only_the_first_that_is_not_done_is_taken(destination):
    first = OutboxMessageFactory(destination=destination, order_key="case:7", position=1)
    OutboxMessageFactory(destination=destination, order_key="case:7", position=2)

    assert leases.take().message_id == first.pk
    assert leases.take() is None


def test_what_kills_its_worker_five_times_is_left_to_a_person(destination):
    message = OutboxMessageFactory(destination=destination)
    for _ in range(ATTEMPTS):
        assert leases.take()
        expire(message)

    assert leases.take() is None
    assert give_up() == 1
    message.refresh_from_db()
    assert (message.state, message.code) == (OutboxState.UNKNOWN, "worker_died")
    assert message.waits_for_a_person
