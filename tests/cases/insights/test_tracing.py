"""A case's money ties from the deposit to the ledger, and a cent that does not is unexplained."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_portal.kernel.models.history import save_because
from cases.effects.kinds import EFFECTS, EffectKind
from cases.effects.models import Effect, LedgerDifference
from cases.insights.tracing import Stage, Tie, Trace, trace_of
from cases.types.denial.detect import home_key
from cases.work.lifecycle import Disposition
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from tests.cases.actions.test_posting import AT, plan
from tests.cases.types.denial.test_detect import remitted
from tests.factories.approvers import approvers, asked, decided
from tests.factories.cases import CaseFactory
from tests.factories.deposits import DepositFactory, DepositListFactory
from tests.factories.effects import (
    JournalFactory,
    LedgerDifferenceFactory,
    LedgerFactory,
    ReconciliationFactory,
)
from tests.factories.integrations import (
    ClaimFactory,
    RemittanceFactory,
    RemittanceReadingFactory,
)

pytestmark = pytest.mark.django_db
BUT_THE_BANKS = [stage for stage in Stage if stage is not Stage.BANK]


@pytest.fixture
def case():
    """A claim of 100.00 denied in full, as its case says."""
    claim = ClaimFactory()
    given = remitted(claim, "CO-197")
    RemittanceReadingFactory(remittance=given.remittance)
    return CaseFactory(claim=claim, facility=claim.facility, key=home_key(claim.pk))


@pytest.fixture
def effect(case, monkeypatch):
    """What a lead approved, as approving carries it out."""
    kind = EffectKind("write_off", "Write-off", plan, Disposition.WRITTEN_OFF)
    monkeypatch.setitem(EFFECTS._held, kind.key, kind)
    LedgerFactory()
    somebody = approvers(case)
    decided(asked(case, somebody("denial_specialist"), "100.00"), somebody("team_lead"))
    return Effect.objects.get()


def confirm(effect):
    OutboxMessage.objects.filter(event_key=effect.event_key).update(
        state=OutboxState.CONFIRMED, due_at=None, settled_at=AT, partner_reference="GL-7"
    )


def test_a_written_off_denial_ties_at_every_step(case, effect):
    confirm(effect)

    trace = trace_of(case)

    assert list(dict.fromkeys(tie.stage for tie in trace.ties)) == BUT_THE_BANKS
    assert (trace.unexplained, trace.under_way) == (0, 0)
    [ledger] = [tie for tie in trace.ties if tie.stage is Stage.LEDGER]
    assert (ledger.one, ledger.other) == (str(effect.journal), "Test ledger GL-7")
    assert ledger.amount == ledger.found == 100


def test_what_is_not_confirmed_is_under_way_and_not_unexplained(case, effect):
    trace = trace_of(case)

    assert (trace.unexplained, trace.under_way) == (0, 100)
    assert [(each.event, each.words) for each in trace.transit] == [
        ("Denial written off", "Waiting to be sent")
    ]


def test_a_double_in_the_ledger_is_unexplained_until_a_comparison_agrees(case, effect):
    confirm(effect)
    LedgerDifferenceFactory(effect=effect, key=effect.event_key.hex, theirs=Decimal("200.00"))
    run = LedgerDifference.objects.get().reconciliation

    assert trace_of(case).unexplained == 100

    ReconciliationFactory(destination=run.destination)
    assert trace_of(case).unexplained == 0


def test_what_is_approved_no_more_is_unexplained(case):
    """The database lets nothing be booked that nobody approved, but an approval may become void."""
    journal = JournalFactory(effect__case=case)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    approval = case.approval_requests.get()
    approval.state = "voided"
    save_because(approval, by=journal.effect.made_by, reason="A cent more", fields=["state"])

    [tie] = [tie for tie in trace_of(case).ties if tie.gap]

    assert (tie.stage, tie.amount, tie.found) == (Stage.APPROVAL, 0, 100)


@pytest.fixture
def payment():
    """A case of a remittance that pays 80.00."""
    remittance = RemittanceFactory(amount=Decimal("80.00"), trace_number="T1")
    RemittanceReadingFactory(remittance=remittance, paid_total=remittance.amount)
    return CaseFactory(remittance=remittance, facility=remittance.facility)


@pytest.mark.parametrize("amount", ["80.00", "79.99", "80.01"])
def test_money_begins_at_the_bank_to_the_cent(payment, amount):
    DepositFactory(number="B-1", trace="T1", amount=Decimal(amount))

    trace = trace_of(payment)

    assert [tie.stage for tie in trace.ties] == [Stage.BANK, Stage.DEPOSIT]
    assert (trace.ties[0].one, trace.ties[0].other) == ("Deposit B-1", "Remittance T1")
    assert trace.unexplained == abs(Decimal(amount) - 80)


@pytest.mark.parametrize(("listed_to", "unexplained"), [(16, 0), (17, 80)])
def test_what_the_bank_did_not_receive_in_time_is_unexplained(payment, listed_to, unexplained):
    """Paid on Tuesday 10 February; Monday the 16th is a holiday."""
    DepositListFactory(starts_on=date(2026, 2, 1), ends_on=date(2026, 2, listed_to))

    assert trace_of(payment).unexplained == unexplained


def test_a_payment_that_its_claims_do_not_come_to_is_unexplained(case):
    given = remitted(case.claim, "CO-45", on=date(2026, 1, 5))
    RemittanceReadingFactory(remittance=given.remittance, paid_total=Decimal("0.01"))

    assert trace_of(case).unexplained == Decimal("0.01")


def test_a_case_that_says_more_than_its_lines_deny_is_unexplained(case):
    case.amount_at_risk = Decimal("100.01")

    [tie] = [tie for tie in trace_of(case).ties if tie.gap]

    assert (tie.stage, tie.gap) == (Stage.CASE, Decimal("-0.01"))


def test_gaps_do_not_hide_each_other():
    up = Tie(Stage.JOURNAL, "debits", Decimal(5), "credits", Decimal(4))

    trace = Trace(None, "USD", [up, replace(up, amount=Decimal(3))], [])

    assert trace.unexplained == 2


def test_a_trace_costs_the_same_queries_for_any_number_of_decisions(case, effect):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            trace_of(case)
        return len(asked)

    DepositListFactory()
    one = cost()
    for month in range(1, 8):
        given = remitted(case.claim, "CO-197", on=date(2025, month, 5))
        RemittanceReadingFactory(remittance=given.remittance)

    assert cost() == one
