"""Every answer, in every standing: nothing that may stand there is ever sent again unseen."""

from decimal import Decimal

import pytest

from integrations.outbox.lifecycle import (
    ATTEMPTS,
    MARGIN,
    PATIENCE,
    POLL,
    Answer,
    OutboxState,
    Standing,
    after_finding,
    after_sending,
    answer_of,
    code_of,
)
from integrations.ports.commands import (
    NotReached,
    OutcomeUnknown,
    Receipt,
    ReceiptState,
    Refused,
    Throttled,
)

TOTAL = Decimal("125.50")


def standing(attempts=1, *, accepted_for=None):
    return Standing(TOTAL, attempts, accepted_for, request_limit=120, retry=15)


def receipt(state=ReceiptState.CONFIRMED, total=TOTAL):
    return Receipt("DOC-1", state, total)


SENT = [
    (receipt(), 1, OutboxState.CONFIRMED, None),
    (receipt(ReceiptState.ACCEPTED), 1, OutboxState.SENT, POLL),
    (receipt(ReceiptState.DRAFT), 1, OutboxState.UNKNOWN, 120 + MARGIN),
    (receipt(total=Decimal("125.49")), 1, OutboxState.UNKNOWN, None),
    (Refused("period_closed", "The period is closed."), 1, OutboxState.REJECTED, None),
    (NotReached("refused"), 1, OutboxState.PENDING, 15),
    (NotReached("refused"), 3, OutboxState.PENDING, 240),
    (NotReached("refused"), ATTEMPTS, OutboxState.DEAD, None),
    (Throttled(600), 1, OutboxState.PENDING, 600),
    (Throttled(), 2, OutboxState.PENDING, 60),
    (OutcomeUnknown("no answer"), 1, OutboxState.UNKNOWN, 120 + MARGIN),
    (OutcomeUnknown("no answer"), ATTEMPTS, OutboxState.UNKNOWN, None),
]


@pytest.mark.parametrize(("said", "attempts", "state", "wait"), SENT)
def test_what_becomes_of_a_message_that_was_sent(said, attempts, state, wait):
    verdict = after_sending(said, standing(attempts))

    assert (verdict.state, verdict.wait) == (state, wait)


FOUND = [
    (receipt(), 1, OutboxState.CONFIRMED, None),
    (receipt(ReceiptState.ACCEPTED), 2, OutboxState.SENT, POLL),
    (receipt(total=Decimal("251.00")), 1, OutboxState.UNKNOWN, None),
    (NotReached("refused"), 2, OutboxState.UNKNOWN, 60),
    (OutcomeUnknown("no answer"), 2, OutboxState.UNKNOWN, 60),
    (Throttled(600), 2, OutboxState.UNKNOWN, 600),
    (Refused("403", "No."), 2, OutboxState.UNKNOWN, 60),
    (NotReached("refused"), ATTEMPTS, OutboxState.UNKNOWN, None),
]


@pytest.mark.parametrize(("said", "attempts", "state", "wait"), FOUND)
def test_what_becomes_of_a_message_that_was_looked_up(said, attempts, state, wait):
    verdict = after_finding(said, standing(attempts))

    assert (verdict.state, verdict.wait) == (state, wait)


@pytest.mark.parametrize("said", [None, receipt(ReceiptState.DRAFT)])
def test_what_is_surely_not_there_or_a_draft_is_sent_again(said):
    assert after_finding(said, standing(2)) is None


def test_what_was_accepted_and_is_gone_is_not_sent_again():
    verdict = after_finding(None, standing(1, accepted_for=60.0))

    assert (verdict.state, verdict.wait, verdict.code) == (OutboxState.UNKNOWN, None, "vanished")


def test_what_was_accepted_long_ago_and_never_confirmed_waits_for_a_person():
    verdict = after_finding(
        receipt(ReceiptState.ACCEPTED), standing(1, accepted_for=PATIENCE + 1.0)
    )

    assert (verdict.state, verdict.wait, verdict.code) == (
        OutboxState.UNKNOWN,
        None,
        "never_confirmed",
    )


def test_an_exception_that_nobody_foresaw_tells_nothing():
    class Strange(OutcomeUnknown):
        pass

    assert answer_of(Strange()) is Answer.UNKNOWN
    assert answer_of(None) is Answer.ABSENT


@pytest.mark.parametrize(
    ("code", "kept"),
    [("PERIOD.CLOSED", "period_closed"), ("", "refused"), ("<x> y", "x_y"), ("a" * 99, "a" * 60)],
)
def test_a_partners_code_is_fit_for_an_address(code, kept):
    assert code_of(Refused(code, "No.")) == kept
