"""Why a case is here, in words."""

from cases.web.caseparts import decision_words
from cases.work.models import Case

PAYMENT = {
    "trace": "T1",
    "payment": "60764.49",
    "difference": "-125.00",
    "is_balanced": False,
    "is_complete": True,
    "quarantined_count": 0,
}


def test_a_payment_that_does_not_add_up_says_by_how_much():
    assert decision_words(Case(currency="USD", details=PAYMENT)) == (
        "Payment T1 says $60,764.49; what it lists comes to $60,889.49. They are $125.00 apart."
    )


def test_a_payment_that_was_not_read_whole_says_so():
    whole = {"difference": "0.00", "is_balanced": True}
    broken = PAYMENT | whole | {"is_complete": False, "quarantined_count": 2}

    words = decision_words(Case(currency="USD", details=broken))

    assert "apart" not in words
    assert words.endswith("Not all of it could be read: pieces in quarantine, 2.")


def test_a_kind_of_case_without_either_says_nothing():
    assert decision_words(Case(currency="USD", details={})) == ""
