"""Sent once: what is asked is applied once, whatever is answered, or a person decides."""

from time import monotonic

import pytest
from django.db import transaction

from integrations.feed.models import Change, Record
from integrations.outbox.delivering import deliver_due, deliver_next
from integrations.outbox.leases import CONNECT_SECONDS
from integrations.outbox.lifecycle import ATTEMPTS, Act, Answer, OutboxState
from integrations.outbox.models import Breaker, OutboxMessage
from integrations.ports.commands import (
    NotReached,
    OutcomeUnknown,
    Receipt,
    ReceiptState,
    Refused,
    Throttled,
)
from tests.factories.outbox import DestinationFactory, OutboxMessageFactory, journal


def news(message):
    return Change.objects.filter(record=Record.OUTBOX, record_id=message.pk).count()


def tries(message):
    return list(message.tries.order_by("pk").values_list("number", "act", "answer"))


def test_a_message_is_sent_under_its_key_and_confirmed(partner, destination):
    message = OutboxMessageFactory(destination=destination)

    assert deliver_next()

    message.refresh_from_db()
    assert message.state == OutboxState.CONFIRMED
    assert (message.partner_reference, message.due_at) == ("DOC-1", None)
    assert message.settled_at is not None
    assert partner.held == {message.event_key.hex: journal()}
    assert tries(message) == [(1, Act.SEND, Answer.CONFIRMED)]
    assert news(message) == 1
    assert not deliver_next()


def test_a_send_of_several_calls_ends_before_another_worker_takes_the_message(partner, destination):
    OutboxMessageFactory(destination=destination)

    began = monotonic()
    assert deliver_next()

    last_call = partner.settings.until - began
    assert 0 < last_call <= destination.read_seconds + CONNECT_SECONDS


def test_what_was_not_reached_is_sent_again_later_and_given_up_after_five(
    partner, destination, later
):
    message = OutboxMessageFactory(destination=destination)
    partner.tell("send", *[NotReached("Connection refused")] * ATTEMPTS)

    for attempt in range(1, ATTEMPTS):
        assert deliver_next()
        message.refresh_from_db()
        assert (message.state, message.attempts) == (OutboxState.PENDING, attempt)
        assert not deliver_next(), "it waits"
        later(message)
    assert news(message) == 0
    assert deliver_next()

    message.refresh_from_db()
    assert (message.state, message.code) == (OutboxState.DEAD, "not_reached")
    assert message.waits_for_a_person
    assert news(message) == 1
    assert len(tries(message)) == ATTEMPTS


def test_a_refusal_is_final_and_kept_in_the_partners_words(partner, destination):
    message = OutboxMessageFactory(destination=destination)
    partner.tell("send", Refused("PERIOD_CLOSED", "The period 2026-02 is closed."))

    deliver_next()

    message.refresh_from_db()
    assert (message.state, message.code) == (OutboxState.REJECTED, "period_closed")
    assert message.words == "The period 2026-02 is closed."
    assert news(message) == 1


def test_after_an_unknown_outcome_it_is_found_and_not_sent_again(partner, destination, later):
    message = OutboxMessageFactory(destination=destination)

    def applied_then_lost():
        partner.apply(journal(), message.key)
        return OutcomeUnknown("no answer")

    partner.tell("send", applied_then_lost)
    deliver_next()
    message.refresh_from_db()
    assert message.state == OutboxState.UNKNOWN
    assert not deliver_next(), "the partner may still be at work on it"

    later(message)
    deliver_next()

    message.refresh_from_db()
    assert (message.state, message.partner_reference) == (OutboxState.CONFIRMED, "DOC-1")
    assert [act for act, _key in partner.calls] == ["send", "find"]
    assert tries(message)[-1] == (2, Act.FIND, Answer.CONFIRMED)


def test_after_an_unknown_outcome_it_is_sent_again_when_it_is_surely_not_there(
    partner, destination, later
):
    message = OutboxMessageFactory(destination=destination)
    partner.tell("send", OutcomeUnknown("no answer"))
    deliver_next()
    later(message)

    deliver_next()

    message.refresh_from_db()
    assert message.state == OutboxState.CONFIRMED
    assert [act for act, _key in partner.calls] == ["send", "find", "send"]
    assert len(partner.held) == 1


def test_it_waits_longer_than_the_partner_may_be_at_work(partner, destination):
    message = OutboxMessageFactory(destination=destination)
    partner.tell("send", OutcomeUnknown("no answer"))

    deliver_next()

    message.refresh_from_db()
    last = message.tries.get().at
    assert (message.due_at - last).total_seconds() > destination.request_limit_seconds


def test_a_silent_partner_ends_before_a_person_and_nothing_is_sent_twice(
    partner, destination, later
):
    message = OutboxMessageFactory(destination=destination)
    partner.tell("send", OutcomeUnknown("no answer"))
    partner.tell("find", *[OutcomeUnknown("no answer")] * ATTEMPTS)

    for _ in range(ATTEMPTS):
        assert deliver_next()
        later(message)

    message.refresh_from_db()
    assert message.state == OutboxState.UNKNOWN
    assert [act for act, _key in partner.calls] == ["send"] + ["find"] * (ATTEMPTS - 1)


def test_a_draft_is_finished_by_sending_again(partner, destination, later):
    message = OutboxMessageFactory(destination=destination)
    draft = Receipt("DRAFT-7", ReceiptState.DRAFT, message.total)
    partner.tell("send", OutcomeUnknown("no answer"))
    partner.tell("find", draft)
    deliver_next()
    later(message)

    deliver_next()

    message.refresh_from_db()
    assert message.state == OutboxState.CONFIRMED
    assert tries(message)[1:] == [
        (2, Act.FIND, Answer.DRAFT),
        (2, Act.SEND, Answer.CONFIRMED),
    ]


def test_what_is_accepted_is_looked_up_until_it_is_confirmed(partner, destination, later):
    message = OutboxMessageFactory(destination=destination)
    accepted = Receipt("JOB-1", ReceiptState.ACCEPTED, message.total)
    partner.tell("send", accepted)
    partner.tell("find", *[accepted] * 9, Receipt("DOC-9", ReceiptState.CONFIRMED, message.total))

    deliver_next()
    message.refresh_from_db()
    assert (message.state, message.partner_reference) == (OutboxState.SENT, "JOB-1")
    for _ in range(10):
        later(message)
        assert deliver_next()

    message.refresh_from_db()
    assert (message.state, message.partner_reference) == (OutboxState.CONFIRMED, "DOC-9")


def test_one_order_goes_one_after_the_other_and_a_stuck_one_blocks_no_other(partner, destination):
    first = OutboxMessageFactory(destination=destination, order_key="case:7", position=1)
    second = OutboxMessageFactory(destination=destination, order_key="case:7", position=2)
    other = OutboxMessageFactory(destination=destination, order_key="case:8")
    partner.tell("send", Refused("unbalanced", "It does not balance."))

    assert deliver_due(limit=10) == 2

    states = {m.pk: m.state for m in OutboxMessage.objects.all()}
    assert states == {
        first.pk: OutboxState.REJECTED,
        second.pk: OutboxState.PENDING,
        other.pk: OutboxState.CONFIRMED,
    }


def test_a_partner_that_is_not_reached_is_left_alone_for_a_while(partner, destination):
    OutboxMessageFactory.create_batch(3, destination=destination)
    partner.tell("send", NotReached("Connection refused"))

    assert deliver_due(limit=10) == 1
    assert Breaker.objects.get().failures_in_a_row == 1

    Breaker.objects.update(open_until=None)
    assert deliver_due(limit=10) == 2
    assert Breaker.objects.get().failures_in_a_row == 0


def test_one_lost_answer_holds_up_nobody_and_four_in_a_row_do(partner, destination):
    OutboxMessageFactory.create_batch(6, destination=destination)
    partner.tell("send", OutcomeUnknown("no answer"))
    assert deliver_due(limit=1) == 1
    assert Breaker.objects.get().open_until is None
    assert deliver_due(limit=1) == 1
    assert Breaker.objects.get().failures_in_a_row == 0

    partner.tell("send", *[OutcomeUnknown("no answer")] * 4)

    assert deliver_due(limit=10) == 4
    assert Breaker.objects.get().open_until is not None


def test_a_partner_that_asks_for_time_gets_it(partner, destination):
    message = OutboxMessageFactory(destination=destination)
    partner.tell("send", Throttled(200))

    deliver_next()

    message.refresh_from_db()
    breaker = Breaker.objects.get()
    assert (message.due_at - breaker.last_failure_at).total_seconds() > 199
    assert (breaker.open_until - breaker.last_failure_at).total_seconds() == pytest.approx(200, 0.1)


def test_a_target_that_fails_unforeseen_tells_nothing_and_stops_nobody(partner, destination):
    broken = OutboxMessageFactory(destination=destination)
    healthy = OutboxMessageFactory(destination=destination)
    partner.tell("send", ZeroDivisionError("patient Doe"))

    assert deliver_due(limit=10) == 2

    broken.refresh_from_db()
    healthy.refresh_from_db()
    assert (broken.state, healthy.state) == (OutboxState.UNKNOWN, OutboxState.CONFIRMED)
    assert "Doe" not in broken.words


@pytest.mark.parametrize(
    "lacking", [{"target": "nowhere"}, {"secret_env": "PARTNER_NOT_IN_THE_ENVIRONMENT"}]
)
def test_what_cannot_be_sent_at_all_is_surely_not_applied(partner, db, lacking):
    lame = DestinationFactory(**{"name": "lame", "target": partner.key} | lacking)
    message = OutboxMessageFactory(destination=lame)

    assert deliver_next()

    message.refresh_from_db()
    assert (message.state, message.code) == (OutboxState.PENDING, "not_reached")
    assert partner.calls == []


def test_an_inactive_destination_gets_nothing(partner, db):
    OutboxMessageFactory(
        destination=DestinationFactory(name="closed", target=partner.key, is_active=False)
    )

    assert not deliver_next()


@pytest.mark.django_db(transaction=True)
def test_a_connector_is_never_called_inside_a_transaction(partner):
    OutboxMessageFactory(destination__name="partner", destination__target=partner.key)

    with pytest.raises(RuntimeError), transaction.atomic():
        deliver_next()

    assert partner.calls == []
