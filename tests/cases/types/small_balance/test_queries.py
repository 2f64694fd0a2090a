"""Which balances are collected: small debits that lie still, and are nobody's work."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cases.types.small_balance.models import SmallBalanceRule
from cases.types.small_balance.queries import lookers, sites, still_owed, unseen, waiting
from cases.types.small_balance.vocabulary import Outcome
from tests.factories.balances import SampleLookFactory, batch_of, owing, paid
from tests.factories.cases import CaseFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.ledgers import account, posting

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


@pytest.fixture
def site(db):
    return FacilityFactory()


def found(site, on=ON):
    return list(waiting(SmallBalanceRule.objects.get(currency="USD"), site, on=on))


@pytest.mark.parametrize(
    ("amount", "is_small"),
    [("9.99", True), ("10.00", False), ("0.01", True), ("0.00", False), ("-4.00", False)],
)
def test_a_small_balance_is_a_debit_of_at_most_nine_ninety_nine(site, amount, is_small):
    made = owing(amount, facility=site)

    assert found(site) == ([made] if is_small else [])


def test_what_moved_lately_is_left_alone(site):
    made = owing(facility=site)
    posted = date(2026, 2, 1)

    assert found(site, on=posted + timedelta(days=30)) == [made]
    assert found(site, on=posted + timedelta(days=29)) == []


def test_what_somebody_works_is_another_currency_or_another_sites_is_not_collected(site):
    CaseFactory(account=owing(facility=site))
    owing(facility=site, currency="CAD")
    owing()

    assert found(site) == []


def test_what_is_in_a_batch_is_in_no_other():
    assert found(batch_of("4.00").facility) == []


def test_what_was_found_wrong_waits_until_its_balance_is_another():
    look = SampleLookFactory(outcome=Outcome.WRONG)
    held = look.balance.account

    assert held not in found(held.facility)
    assert list(unseen(look.balance.batch)) == [look.balance]


def test_what_is_still_owed_is_never_more_than_was_collected():
    batch = batch_of("4.00", "5.00").small_balances
    assert still_owed(batch) == Decimal("9.00")

    first, second = (each.account for each in batch.balances.order_by("position"))
    paid(first, "1.00")
    paid(second, "7.00")

    assert still_owed(batch) == Decimal("3.00")


def test_who_looked_is_known():
    look = SampleLookFactory()

    assert lookers(look.balance.batch) == {look.looked_by_id}
    assert not unseen(look.balance.batch).exists()


def test_a_site_that_owes_nothing_is_not_visited(site):
    account(posting("charge", 10), posting("payment", -10), facility=site)

    assert site not in sites()
