"""Asking is part of deciding; what a person does with a message is on record."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent
from integrations.feed.models import Change, Record
from integrations.outbox import services
from integrations.outbox.delivering import deliver_due, deliver_next
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from integrations.outbox.services import EventKeyReused, MessageNotWaiting
from integrations.ports.commands import OutcomeUnknown, Refused, decode
from tests.factories.outbox import DestinationFactory, OutboxMessageFactory, journal

REFUSAL = Refused("period_closed", "The period is closed.")


def ask(destination, *, order_key="case:7", event_key=None, command=None):
    return services.add(
        command=command or journal(),
        destination=destination,
        order_key=order_key,
        event_key=event_key or uuid4(),
        correlation_id="outbox-test",
        at=timezone.now(),
    )


def decide(verb, message, **more):
    return verb(
        message=message,
        by=system_actor("tests"),
        reason="The period was opened.",
        at=timezone.now(),
        **more,
    )


def events(message):
    found = AuditEvent.objects.filter(subject=f"outbox:{message.public_id}").order_by("seq")
    return list(found.values_list("verb", flat=True))


def test_a_command_is_kept_as_one_text_with_its_digest_and_its_place(destination):
    first, second = ask(destination), ask(destination)
    other = ask(destination, order_key="case:8")

    assert [m.position for m in (first, second, other)] == [1, 2, 1]
    assert decode(first.payload) == journal()
    assert (first.total, first.currency) == (journal().total, "USD")


def test_a_worker_is_woken_once_however_much_is_asked(
    destination, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as bells:
        for _ in range(3):
            ask(destination)

    assert bells == [services.ring]


def test_the_same_event_is_one_message(destination):
    key = uuid4()

    assert ask(destination, event_key=key).pk == ask(destination, event_key=key).pk
    with pytest.raises(EventKeyReused):
        ask(destination, event_key=key, command=journal("125.51"))
    with pytest.raises(EventKeyReused):
        ask(DestinationFactory(name="another"), event_key=key)


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "{}"},
        {"total": "1.00"},
        {"destination_id": -1},
        {"event_key": uuid4()},
        {"order_key": "case:9"},
        {"position": 9},
    ],
)
def test_what_is_asked_never_changes(destination, change):
    message = ask(destination)

    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(**change)


def test_a_text_that_is_not_its_digests_is_refused(destination):
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessageFactory(destination=destination, digest="0" * 64)


def test_a_message_is_never_deleted(destination):
    message = ask(destination)

    with pytest.raises(DatabaseError), transaction.atomic():
        message.delete()


def test_what_is_done_stays_done(partner, destination):
    message = ask(destination)
    deliver_next()

    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(
            state=OutboxState.PENDING, settled_at=None, due_at=timezone.now()
        )


def test_a_replay_sends_a_refused_message_again_once_and_says_who_and_why(partner, destination):
    message = ask(destination)
    partner.tell("send", REFUSAL)
    deliver_next()

    decide(services.replay, message)
    assert deliver_due(limit=5) == 1

    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.CONFIRMED, 1)
    assert len(partner.held) == 1
    assert events(message) == ["outbox.replayed"]


def test_a_replay_of_an_unknown_outcome_looks_first(partner, destination):
    message = ask(destination)
    partner.tell("send", OutcomeUnknown("no answer"))
    deliver_next()
    partner.apply(journal(), message.key)
    OutboxMessage.objects.update(due_at=None)

    decide(services.replay, message)
    deliver_next()

    message.refresh_from_db()
    assert message.state == OutboxState.CONFIRMED
    assert [act for act, _key in partner.calls] == ["send", "find"]


def test_a_withdrawn_message_is_never_sent_and_lets_the_next_go(partner, destination):
    message, following = ask(destination), ask(destination)
    partner.tell("send", REFUSAL)
    deliver_due(limit=5)

    decide(services.withdraw, message)
    deliver_due(limit=5)

    message.refresh_from_db()
    following.refresh_from_db()
    assert (message.state, following.state) == (OutboxState.WITHDRAWN, OutboxState.CONFIRMED)
    assert events(message) == ["outbox.withdrawn"]
    assert Change.objects.filter(record=Record.OUTBOX, record_id=message.pk).count() == 2


def test_an_unknown_outcome_is_confirmed_by_who_looked(partner, destination):
    message = ask(destination)
    partner.tell("send", OutcomeUnknown("no answer"))
    deliver_next()
    OutboxMessage.objects.update(due_at=None)

    decide(services.confirm, message, reference="DOC-77")

    message.refresh_from_db()
    assert (message.state, message.partner_reference) == (OutboxState.CONFIRMED, "DOC-77")


def test_a_refusal_cannot_be_taken_for_applied(partner, destination):
    message = ask(destination)
    partner.tell("send", REFUSAL)
    deliver_next()

    with pytest.raises(MessageNotWaiting):
        decide(services.confirm, message, reference="DOC-77")


@pytest.mark.parametrize("verb", [services.replay, services.withdraw])
def test_a_message_under_way_or_done_is_left_alone(partner, destination, verb):
    message = ask(destination)
    with pytest.raises(MessageNotWaiting):
        decide(verb, message)
    deliver_next()

    with pytest.raises(MessageNotWaiting):
        decide(verb, message)


def test_an_outcome_that_is_still_looked_for_is_left_alone(partner, destination):
    message = ask(destination)
    partner.tell("send", OutcomeUnknown("no answer"))
    deliver_next()

    with pytest.raises(MessageNotWaiting):
        decide(services.withdraw, message)
