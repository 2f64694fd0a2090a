"""From what became of messages, and from what a ledger holds, to cases and their end."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from cases.actions.opening import open_many
from cases.types.posting_failure.detect import detect, findings
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from integrations.feed.models import Record
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from tests.factories.effects import (
    EffectFactory,
    JournalFactory,
    LedgerDifferenceFactory,
    ReconciliationFactory,
)
from tests.factories.outbox import AttemptFactory, OutboxMessageFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def effect():
    return JournalFactory().effect


def message(effect, state=OutboxState.REJECTED, code="period_closed", **fields):
    done = state in {OutboxState.CONFIRMED, OutboxState.WITHDRAWN}
    return OutboxMessageFactory(
        event_key=effect.event_key,
        state=state,
        code=code,
        words="The period is closed.",
        due_at=None,
        settled_at=AT if done else None,
        **fields,
    )


def become(told, state, **fields):
    done = state in {OutboxState.CONFIRMED, OutboxState.WITHDRAWN}
    given = {"state": state, "settled_at": AT if done else None, **fields}
    OutboxMessage.objects.filter(pk=told.pk).update(**given)


def change(told):
    return SimpleNamespace(
        record=Record.OUTBOX, record_id=told.pk, claim_id=None, correlation_id="c0"
    )


def seen(*messages):
    open_many(findings=detect([change(each) for each in messages]), at=AT)
    return list(Case.objects.filter(case_type="posting_failure").order_by("pk"))


def compared(effect):
    open_many(findings=findings({effect.event_key.hex: "c1"}), at=AT)
    return Case.objects.get(case_type="posting_failure")


def test_what_was_refused_waits_at_the_posting_desk_with_the_ledgers_words(effect):
    [case] = seen(message(effect))

    assert (case.queue.key, case.facility) == ("erp-posting", effect.case.facility)
    assert (case.amount_at_risk, case.code) == (Decimal("125.50"), "CLOSED_PERIOD")
    assert case.details["words"] == "The period is closed."
    assert case.details["document"] == effect.journal.reference


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        (OutboxState.DEAD, "throttled", "THROTTLED"),
        (OutboxState.UNKNOWN, "worker_died", "UNKNOWN_OUTCOME"),
    ],
)
def test_what_was_given_up_or_cannot_be_told_waits_too(effect, state, code, expected):
    [case] = seen(message(effect, state, code))

    assert case.code == expected


@pytest.mark.parametrize("state", [OutboxState.CONFIRMED, OutboxState.WITHDRAWN])
def test_what_never_needed_a_person_is_no_case(effect, state):
    assert seen(message(effect, state)) == []


def test_what_is_looked_up_by_itself_is_no_case_yet(effect):
    waiting = OutboxMessageFactory(event_key=effect.event_key, state=OutboxState.UNKNOWN)

    assert seen(waiting) == []


def test_the_case_closes_when_the_message_is_confirmed(effect):
    told = message(effect)
    seen(told)
    become(told, OutboxState.CONFIRMED)

    [case] = seen(told)

    assert (case.status, case.disposition) == (CaseStatus.CLOSED, Disposition.CORRECTED)
    assert case.details["words"] == "The period is closed."


def test_a_withdrawn_message_closes_it_as_explained(effect):
    told = message(effect)
    seen(told)
    become(told, OutboxState.WITHDRAWN)

    [case] = seen(told)

    assert case.disposition == Disposition.EXPLAINED


def test_what_is_under_way_again_changes_nothing(effect):
    told = message(effect)
    [case] = seen(told)
    become(told, OutboxState.SENT, due_at=AT, accepted_at=AT)

    assert [each.version for each in seen(told)] == [case.version]


def test_refused_again_is_decided_anew(effect):
    told = message(effect)
    AttemptFactory(message=told)
    [case] = seen(told)
    AttemptFactory(message=told, number=2)

    [again] = seen(told)

    assert again.details["decision"] != case.details["decision"]


def test_a_difference_is_a_case_until_a_later_comparison_agrees(effect):
    message(effect, OutboxState.CONFIRMED)
    LedgerDifferenceFactory(effect=effect, key=effect.event_key.hex)

    case = compared(effect)

    assert (case.code, case.amount_at_risk) == ("DIFFERENCE", Decimal("200.00"))
    assert case.details["theirs"] == "200.00"
    ReconciliationFactory(failure="Not reached")
    assert compared(effect).status == CaseStatus.NEW
    ReconciliationFactory()
    assert compared(effect).status == CaseStatus.CLOSED


def test_what_we_never_sent_waits_where_no_site_is_known():
    found = LedgerDifferenceFactory(effect=None, key="made by hand", reference="GL-9")

    open_many(findings=findings({found.key: "c1"}), at=AT)

    case = Case.objects.get()
    assert (case.facility.key, case.details["document"]) == ("unassigned", "GL-9")


def test_the_queries_do_not_grow_with_the_messages(django_assert_max_num_queries):
    told = [message(EffectFactory(event=f"e{n}"), order_key=f"o{n}") for n in range(6)]

    with django_assert_max_num_queries(8):
        assert len(list(detect([change(each) for each in told]))) == 6
