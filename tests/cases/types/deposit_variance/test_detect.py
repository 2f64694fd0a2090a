"""From bank lists and remittances to cases at payment posting, and to their end by themselves."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from cases.actions.opening import open_many
from cases.types.deposit_variance.detect import detect
from cases.types.deposit_variance.loading import QUIET
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from integrations.feed.models import Record
from tests.factories.deposits import DepositFactory, DepositListFactory
from tests.factories.integrations import PayerFactory, RemittanceFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MONDAY, DUE, DAY_BEFORE = date(2026, 2, 2), date(2026, 2, 6), date(2026, 2, 5)
SINCE, DAY_AFTER = date(2026, 1, 27), date(2026, 1, 28)
A_MONTH = date(2026, 3, 6)
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


def listed(ends_on, *, starts_on=SINCE, account="1"):
    """A bank's list of some days, told."""
    told(DepositListFactory(starts_on=starts_on, ends_on=ends_on, account_digest=account))


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


@pytest.mark.parametrize(("starts_on", "cases"), [(SINCE, 1), (DAY_AFTER, 0)])
def test_a_payment_whose_deposit_may_have_come_before_the_lists_is_not_judged(starts_on, cases):
    remitted()

    listed(DUE, starts_on=starts_on)

    assert Case.objects.count() == cases


def test_a_deposit_is_missing_when_the_lists_of_all_accounts_say_so():
    remitted()
    listed(DUE)
    Case.objects.get()
    other = remitted(trace_number="T2")
    listed(DAY_BEFORE, account="2")

    told(other)
    assert Case.objects.count() == 1

    listed(DUE, account="2", starts_on=DUE)
    assert Case.objects.count() == 2


def test_what_is_not_known_any_more_closes_no_case():
    remittance = remitted()
    listed(DUE)

    listed(DUE, account="2", starts_on=MONDAY)
    told(remittance)

    assert Case.objects.get().status != CaseStatus.CLOSED


@pytest.mark.parametrize(("after", "cases"), [(QUIET, 0), (QUIET + timedelta(days=1), 1)])
def test_an_account_that_says_nothing_any_more_is_waited_for_no_longer(after, cases):
    listed(SINCE, account="closed")
    remitted()

    listed(SINCE + after)

    assert Case.objects.count() == cases


def test_a_quiet_account_that_tells_again_tells_of_all_days_since():
    listed(SINCE, account="quiet")
    listed(A_MONTH)
    remitted()

    listed(A_MONTH, starts_on=A_MONTH, account="quiet")

    assert Case.objects.get().code == "NO_DEPOSIT"


def test_a_list_between_two_tells_of_all_days_between():
    remitted(paid_on=date(2026, 2, 20))
    for day in (date(2026, 3, 10), date(2025, 12, 20)):
        listed(day, starts_on=day)
    assert not Case.objects.exists()

    listed(date(2026, 1, 24), starts_on=date(2026, 1, 24))

    assert Case.objects.get().code == "NO_DEPOSIT"


def test_a_list_of_a_wrong_year_says_nothing_of_the_days_until_the_others():
    listed(DUE, starts_on=MONDAY)
    listed(date(2025, 2, 6), starts_on=date(2025, 2, 2))

    told(remitted(), remitted(paid_on=date(2025, 6, 2), trace_number="T2"))

    assert not Case.objects.exists()


@pytest.mark.parametrize("paid_on", [date.min, date.max])
def test_a_payment_of_an_impossible_day_is_not_looked_for(paid_on):
    listed(DUE)

    told(remitted(paid_on=paid_on))

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


def test_a_remittance_is_late_by_whichever_account_tells_most():
    listed(DAY_BEFORE, account="2")
    banked(deposit_list__account_digest="1")

    listed(DUE, account="1")

    assert Case.objects.get().code == "NO_REMITTANCE"


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

    # what all lists speak of, remittances and traces told (3), days of the lists, what those before
    # spoke of, remittances by trace and by day, deposits, their remittances, the house's site, its
    # calendar (4), known cases
    with django_assert_num_queries(15):
        assert list(detect([change])) == []
