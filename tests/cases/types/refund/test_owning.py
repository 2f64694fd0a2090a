"""Whose the money can be, and how it can go back."""

from decimal import Decimal

import pytest

from cases.types.refund.owning import Found, OwnerRefused, WayRefused, check_found, check_way
from cases.types.refund.vocabulary import PAYING, Outcome, Way
from tests.factories.ledgers import ledger, posting

PAYER, OTHER = 1, 2
LEDGER = ledger(
    posting("charge", 300),
    posting("payment", -240, payer_id=PAYER, rank=1),
    posting("payment", -240, payer_id=PAYER, rank=1),
    posting("payment", -60),
)
DETAILS = {"shares": [{"payer_id": PAYER, "name": "A plan", "amount": "240.00"}]}


def found(outcome, amount, payer_id=None):
    return Found(Outcome(outcome), Decimal(amount), "USD", payer_id)


def test_a_payer_gets_back_at_most_what_it_paid():
    check_found(found("of_payer", "480.00", PAYER), ledger=LEDGER, details=DETAILS)
    with pytest.raises(OwnerRefused, match=r"\$480.00 at most"):
        check_found(found("of_payer", "480.01", PAYER), ledger=LEDGER, details=DETAILS)


def test_a_payer_that_paid_nothing_gets_nothing():
    with pytest.raises(OwnerRefused, match=r"\$0.00 at most"):
        check_found(found("of_payer", "1.00", OTHER), ledger=LEDGER, details=DETAILS)


def test_never_to_the_patient_what_belongs_to_a_payer():
    with pytest.raises(OwnerRefused, match="what belongs to a payer goes to the payer"):
        check_found(found("of_patient", "60.00"), ledger=LEDGER, details=DETAILS)


@pytest.mark.parametrize(
    "wrong",
    [
        found("of_payer", "1.00"),
        found("of_patient", "1.00", PAYER),
        found("posting_error", "0.00"),
    ],
)
def test_a_payer_is_named_exactly_when_a_payer_paid_too_much(wrong):
    with pytest.raises(OwnerRefused):
        check_found(wrong, ledger=LEDGER, details=DETAILS)


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("outcome", Outcome)
def test_each_owner_has_its_ways(way, outcome):
    is_patients = way is Way.PATIENT_REFUND
    fits = outcome is Outcome.OF_PATIENT if is_patients else outcome is Outcome.OF_PAYER
    if fits:
        check_way(way, outcome)
    else:
        with pytest.raises(WayRefused):
            check_way(way, outcome)


def test_checks_alone_send_money_out():
    assert frozenset({Way.VOLUNTARY_REFUND, Way.PATIENT_REFUND}) == PAYING
