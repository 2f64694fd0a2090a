"""What the ledgers hold is compared with what we asked of them, and every difference is kept."""

from datetime import timedelta

import pytest

from cases.actions import posting, reconciling
from cases.effects.comparing import DifferenceKind
from cases.effects.models import Effect, LedgerDifference, Reconciliation
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import (
    TARGETS,
    EntryFact,
    EntryLine,
    NotReached,
    ReceiptState,
    decode,
)
from tests.cases.actions.test_posting import AT, carry_out, decided, kind
from tests.factories.cases import CaseFactory
from tests.factories.effects import LedgerFactory
from tests.factories.people import PersonFactory

__all__ = ["kind"]
pytestmark = pytest.mark.django_db(transaction=True)


class Books:
    """A ledger that holds what a test says."""

    key, label = "test_books", "Test books"

    def __init__(self):
        self.held, self.failure = [], None

    def entries(self, since, *, settings):
        if self.failure:
            raise self.failure
        return iter(self.held)


@pytest.fixture
def books(monkeypatch):
    made = Books()
    monkeypatch.setitem(TARGETS._held, made.key, made)
    LedgerFactory(destination__target=made.key)
    return made


@pytest.fixture
def effect(books):
    [made] = carry_out(decided(CaseFactory()), PersonFactory())
    OutboxMessage.objects.filter(event_key=made.event_key).update(
        state=OutboxState.CONFIRMED, due_at=None, settled_at=AT
    )
    return made


def entry(effect, **fields):
    command = decode(OutboxMessage.objects.get(event_key=effect.event_key).payload)
    given = {
        "kind": command.kind,
        "key": effect.event_key.hex,
        "reference": "GL-1",
        "state": ReceiptState.CONFIRMED,
        "entered_at": AT,
        "posted_on": command.posting_on,
        "currency": "USD",
        "total": command.total,
        "lines": tuple(EntryLine(x.account, x.debit, x.credit) for x in command.lines),
    }
    return EntryFact(**given | fields)


def found(*, days=1):
    at = AT + timedelta(days=days)
    return [(each.kind, each.effect) for each in reconciling.differences(at=at)]


def test_books_that_agree_leave_a_run_and_no_difference(books, effect):
    books.held = [entry(effect), entry(effect, key="", reference="somebody else's")]

    assert found() == []
    run = Reconciliation.objects.get()
    assert (run.effects, run.entries, run.failure) == (1, 2, "")


def test_a_double_and_a_loss_are_found_with_their_effect(books, effect):
    assert found() == [(DifferenceKind.MISSING, effect)]
    books.held = [entry(effect), entry(effect, reference="GL-2")]
    assert found() == [(DifferenceKind.DOUBLED, effect)]

    kept = LedgerDifference.objects.order_by("pk").last()
    assert (kept.ours, kept.theirs, kept.reference) == (100, 200, "GL-1, GL-2")
    assert kept.effect.case_id == effect.case_id


def test_a_key_that_we_never_gave_is_found_and_one_of_earlier_is_not(books, effect):
    books.held = [entry(effect), entry(effect, key="f" * 32), entry(effect, key="not a key")]
    assert found() == [(DifferenceKind.UNKNOWN, None), (DifferenceKind.UNKNOWN, None)]

    books.held = [entry(effect)]
    assert found(days=90) == []


def test_a_reversal_is_expected_in_the_books_too(books, effect):
    posting.reverse(effect=effect, by=PersonFactory(), reason="Paid", at=AT)
    books.held = [entry(each) for each in Effect.objects.order_by("pk")]

    assert found() == []


def test_books_that_do_not_answer_leave_a_run_that_says_so(books, effect):
    books.failure = NotReached("no route")

    assert found() == []
    assert Reconciliation.objects.get().failure == "no route"
