"""A batch stands only while every balance in it does."""

from decimal import Decimal

import pytest

from cases.types.small_balance.detect import detect, digest_of
from cases.work.lifecycle import Disposition
from integrations.feed.models import Change, Record
from tests.factories.balances import batch_of, owing, paid

pytestmark = pytest.mark.django_db


def told(account):
    return Change(record=Record.ACCOUNT, record_id=account.pk, correlation_id="told")


def test_an_account_stated_again_as_it_was_is_no_news():
    account = batch_of("4.00").small_balances.balances.get().account

    assert list(detect([told(account), told(owing())])) == []


def test_a_balance_that_changed_takes_its_batch_back_as_a_whole():
    case = batch_of("4.00", "5.00")
    account = case.small_balances.balances.first().account
    paid(account, "1.00")

    [finding] = detect([told(account)])

    assert (finding.key, finding.disposition) == (case.key, Disposition.TAKEN_BACK)
    assert finding.details.as_json() == case.details
    assert finding.amount == case.amount_at_risk


def test_the_digest_changes_with_a_cent_and_not_with_the_order():
    one, other = owing("4.00"), owing("5.00")

    assert digest_of([one, other]) == digest_of([other, one])
    other.balance += Decimal("0.01")
    assert digest_of([one, other]) != digest_of([other])
