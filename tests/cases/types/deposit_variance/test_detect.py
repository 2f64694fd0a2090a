"""From bank lists and remittances to cases at payment posting, and to their end by themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from cases.actions.opening import open_many
from cases.types.deposit_variance.detect import detect
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from integrations.feed.models import Record
from tests.factories.deposits import DepositFactory, DepositListFactory
from tests.factories.integrations import PayerFactory, RemittanceFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MONDAY, DUE, DAY_BEFORE = date(2026, 2, 2), date(2026, 2, 6), date(2026, 2, 5)
AMOUNT = Decimal("1234.56")


def told(*records):
    """Detection over some records that changed."""
    kinds = {"DepositList": Record.DEPOSIT_LIST, "Remittance": Record.REMITTANCE}
    changes = [
        SimpleNamespace(
            record=kinds[type(each).__name__], record_id=each.pk, claim_id=None, correlation_id="c"
        )
        for each in records
    ]
    open_many(findings=list(detect(changes)), at=AT)


def listed(ends_on, *, starts_on=MONDAY):
    """A bank's list of some days, told."""
    told(DepositListFactory(starts_on=starts_on, ends_on=ends_on))


def remitted(**fields):
    return RemittanceFactory(**{"paid_on": MONDAY, "amount": AMOUNT, "trace_number": "T1"} | fields)


def banked(**fields):
    return DepositFactory(**{"deposited_on": MONDAY, "amount": AMOUNT, "trace": "T1"} | fields)


def test_without_a_list_nobody_can_say_that_a_deposit_is_missing():
    told(remitted())

    assert not Case.objects.exists()


@pytest.mark.parametrize(("ends_on", "cases"), [(DAY_BEFORE, 0), (DUE, 1)])
def test_a_deposit_is_missing_when_the_lists_go_to_its_last_day(ends_on, cases):
    remittance = remitted()

    listed(ends_on)

    assert Case.objects.count() == cases
    for case in Case.objects.all():
        assert (case.amount_at_risk, case.code) == (AMOUNT, "NO_DEPOSIT")
        assert (case.remittance, case.queue.key) == (remittance, "remittance-exceptions")


def test_a_remittance_that_comes_after_the_list_is_judged_by_it():
    listed(DUE)

    told(remitted())

    assert Case.objects.get().code == "NO_DEPOSIT"


def test_a_payment_before_the_first_list_is_not_judged():
    remitted(paid_on=date(2026, 1, 30))

    listed(DUE)

    assert not Case.objects.exists()


@pytest.mark.parametrize("method", [{"amount": Decimal(0)}, {"amount": Decimal(-1)}])
def test_a_remittance_without_payment_needs_no_deposit(method):
    remitted(**method)

    listed(DUE)

    assert not Case.objects.exists()


def test_a_late_deposit_of_its_trace_closes_the_case():
    remitted()
    listed(DUE)

    told(banked(deposited_on=date(2026, 4, 1)).deposit_list)

    assert Case.objects.get().status == CaseStatus.CLOSED


@pytest.mark.parametrize(("amount", "apart"), [("1234.55", "0.01"), ("1234.57", "0.01")])
def test_a_cent_apart_is_a_case_at_once_and_the_rest_of_it_closes_it(amount, apart):
    remitted()

    told(banked(amount=Decimal(amount)).deposit_list)

    case = Case.objects.get()
    assert (case.code, case.amount_at_risk) == ("OTHER_AMOUNT", Decimal(apart))
    if amount < str(AMOUNT):
        told(banked(amount=Decimal(apart)).deposit_list)
        case.refresh_from_db()
        assert case.status == CaseStatus.CLOSED


def test_a_deposit_that_ties_to_the_cent_is_no_case():
    remitted()

    told(banked().deposit_list)
    listed(DUE)

    assert not Case.objects.exists()


def test_a_check_is_known_by_payer_amount_and_day():
    remittance = remitted()

    banked(trace="", payer=remittance.payer, deposited_on=DUE)
    listed(DUE)

    assert not Case.objects.exists()


@pytest.mark.parametrize(("ends_on", "cases"), [(DAY_BEFORE, 0), (DUE, 1)])
def test_a_deposit_of_a_payers_waits_for_its_remittance_and_then_is_a_case(ends_on, cases):
    banked()

    listed(ends_on)

    assert Case.objects.count() == cases
    for case in Case.objects.all():
        assert (case.code, case.facility.key) == ("NO_REMITTANCE", "unassigned")


def test_its_remittance_closes_it():
    banked()
    listed(DUE)

    told(remitted(paid_on=date(2026, 2, 20)))

    assert Case.objects.get().status == CaseStatus.CLOSED


def test_money_of_nobodys_that_sends_remittances_is_no_case():
    banked(trace="", payer=None)

    listed(DUE)

    assert not Case.objects.exists()


def test_a_payers_check_without_remittance_is_a_case():
    payer = PayerFactory()
    banked(trace="", payer=payer)

    listed(DUE)

    assert Case.objects.get().payer == payer


@pytest.mark.parametrize("payments", [1, 25])
def test_a_list_costs_the_same_queries_for_any_number(payments, django_assert_num_queries):
    held = DepositListFactory(starts_on=MONDAY, ends_on=DUE)
    for number in range(payments):
        remitted(trace_number=f"T{number}")
        banked(trace=f"T{number}", deposit_list=held)
    change = SimpleNamespace(
        record=Record.DEPOSIT_LIST, record_id=held.pk, claim_id=None, correlation_id="c"
    )

    # days of the lists, traces and remittances told (2), all the lists' days, remittances by
    # trace and by day, deposits, their remittances, the house's site, its calendar (4), known cases
    with django_assert_num_queries(14):
        assert list(detect([change])) == []
