from decimal import Decimal

from tests.factories.ledgers import ledger, posting


def test_a_payment_stands_less_what_was_given_back_of_it():
    paid = posting("payment", -100, payer_id=1)
    back = posting("refund", 30, payer_id=1, reverses=paid.number)

    [standing] = ledger(posting("charge", 100), paid, back).payments

    assert standing.amount == Decimal(70)


def test_what_is_owed_leaves_payments_out_and_takes_reversals_of_charges_in():
    wrong = posting("charge", 50)
    found = ledger(
        posting("charge", 100),
        wrong,
        posting("reversal", -50, reverses=wrong.number),
        posting("contractual", -20),
        posting("payment", -90),
    )

    assert (found.owed, found.balance, found.credit) == (80, -10, 10)
