"""Whether an account is in credit, why, and whose the money seems."""

from datetime import date
from decimal import Decimal

import pytest

from cases.types.refund.postings import Remitted
from cases.types.refund.rules import Share, judge
from cases.types.refund.vocabulary import Reason
from tests.factories.ledgers import ledger, posting

FIRST, SECOND = 1, 2
LATER = date(2026, 2, 20)


def paid(amount, payer=FIRST, **fields):
    return posting("payment", -Decimal(amount), payer_id=payer, **{"rank": 1} | fields)


def charge(amount=300, **fields):
    return posting("charge", amount, **fields)


def reasons(judged):
    return {each.reason: each.amount for each in judged.suspicions}


def test_an_account_that_is_square_holds_nothing():
    assert judge(ledger(charge(), paid(300))) is None
    assert judge(ledger(charge(), paid(200))) is None


def test_the_same_payer_line_and_amount_twice_is_a_duplicate_of_the_payers():
    judged = judge(ledger(charge(), paid(300), paid(300)))

    assert reasons(judged)[Reason.DUPLICATE] == 300
    assert judged.suspicions[0].reason is Reason.DUPLICATE
    assert judged.shares == (Share(FIRST, Decimal(300)),)


@pytest.mark.parametrize("other", [{"line": "2"}, {"claim": "C2"}, {"payer": SECOND, "rank": 2}])
def test_another_line_claim_or_payer_is_no_duplicate(other):
    judged = judge(ledger(charge(600), paid(300), paid(300, **other)))

    assert judged is None or Reason.DUPLICATE not in reasons(judged)


def test_a_payment_that_was_taken_back_is_no_duplicate():
    first = paid(300)
    back = posting("reversal", 300, payer_id=FIRST, reverses=first.number)

    assert judge(ledger(charge(), first, back, paid(300))) is None


def test_a_duplicate_counts_also_while_the_patient_owes():
    judged = judge(ledger(charge(1000), paid(300), paid(300)))

    assert (judged.credit, judged.amount) == (0, 300)


def test_two_insurers_that_both_paid_first():
    judged = judge(ledger(charge(), paid(300), paid(200, SECOND, posted_on=LATER)))

    assert reasons(judged)[Reason.TWO_PRIMARIES] == 200
    assert judged.shares == (Share(SECOND, Decimal(200)),)


def test_a_second_payer_in_its_place_is_right():
    assert judge(ledger(charge(), paid(200), paid(100, SECOND, rank=2))) is None


def test_the_last_in_the_order_of_benefits_gets_back_first_and_the_patient_last():
    judged = judge(
        ledger(
            charge(),
            paid(250),
            paid(100, SECOND, rank=2, posted_on=LATER),
            posting("payment", -50, posted_on=LATER),
        )
    )

    assert judged.credit == 100
    assert judged.shares == (Share(SECOND, Decimal(50)), Share(None, Decimal(50)))


def test_never_to_the_patient_what_belongs_to_a_payer():
    judged = judge(ledger(charge(), posting("payment", -60), paid(240), paid(240)))

    assert judged.credit == 240
    assert judged.shares == (Share(FIRST, Decimal(240)),)


def test_the_patient_who_paid_before_the_insurer_gets_it_back():
    early = posting("payment", -120, posted_on=date(2026, 1, 5))
    judged = judge(ledger(charge(), early, paid(300, posted_on=LATER)))

    assert reasons(judged) == {Reason.OVER_ALLOWED: 120, Reason.PATIENT_FIRST: 120}
    assert judged.shares == (Share(None, Decimal(120)),)


def test_a_late_contractual_makes_the_insurers_payment_too_high():
    late = posting("contractual", -60, posted_on=LATER, line="")
    judged = judge(ledger(charge(), paid(300), late))

    assert reasons(judged) == {Reason.LATE_CONTRACTUAL: 60}
    assert judged.shares == (Share(FIRST, Decimal(60)),)


def test_a_charge_taken_back_after_it_was_paid():
    wrong = charge(100, line="2")
    back = posting("reversal", -100, reverses=wrong.number, line="2")
    judged = judge(ledger(charge(), wrong, paid(400, line=""), back))

    assert reasons(judged)[Reason.CHARGE_REVERSED] == 100


def test_a_reversal_that_the_account_was_not_told_of():
    remitted = (Remitted("C1", FIRST, Decimal(0), Decimal(300), is_reversed=True),)
    judged = judge(ledger(charge(), paid(300), remitted=remitted))

    assert reasons(judged) == {Reason.NOT_TAKEN_BACK: 300}
    assert judged.credit == 0


def test_a_reversal_that_was_posted_is_nothing():
    first = paid(300)
    back = posting("reversal", 300, payer_id=FIRST, reverses=first.number)
    remitted = (Remitted("C1", FIRST, Decimal(0), Decimal(300), is_reversed=True),)

    assert judge(ledger(charge(), first, back, remitted=remitted)) is None


def test_paid_over_what_the_remittance_allows():
    remitted = (Remitted("C1", FIRST, Decimal(250), Decimal(250), is_reversed=False),)

    assert reasons(judge(ledger(charge(), paid(300), remitted=remitted))) == {
        Reason.OVER_ALLOWED: 50
    }


def test_a_line_in_credit_counts_on_an_account_that_owes():
    judged = judge(ledger(charge(), paid(350), charge(500, line="2")))

    assert (judged.credit, reasons(judged)) == (0, {Reason.OVER_ALLOWED: 50})


def test_unapplied_money_is_found():
    judged = judge(ledger(charge(), paid(25, line="", is_applied=False)))

    assert reasons(judged) == {Reason.UNAPPLIED: 25}


@pytest.mark.parametrize("cents", ["0.01", "4.00", "9.99"])
def test_no_credit_is_too_small(cents):
    judged = judge(ledger(charge(), paid(300), posting("payment", -Decimal(cents), line="")))

    assert judged.credit == Decimal(cents)
    assert judged.shares == (Share(None, Decimal(cents)),)


def test_two_insurers_each_the_first_of_a_claim_of_its_own_are_right():
    other = {"payer": SECOND, "claim": "C2"}

    assert judge(ledger(charge(), charge(claim="C2"), paid(300), paid(300, **other))) is None


def test_what_a_payer_paid_twice_is_its_own_though_another_pays_after_it():
    second = paid(20, SECOND, rank=2, posted_on=LATER)
    judged = judge(ledger(charge(120), paid(100), paid(100), second))

    assert judged.credit == 100
    assert judged.shares == (Share(FIRST, Decimal(100)),)


def test_beyond_what_is_its_own_the_last_in_the_order_gets_back_first():
    second = paid(50, SECOND, rank=2, posted_on=LATER)
    judged = judge(ledger(charge(120), paid(100), paid(100), second))

    assert judged.shares == (Share(SECOND, Decimal(30)), Share(FIRST, Decimal(100)))
