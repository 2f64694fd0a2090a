"""One text of what is asked for; a cent more is another."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.approvals.sealing import (
    Payee,
    Sealed,
    canonical,
    differences,
    digest,
    resealed,
    standing_of,
    unsealed,
)
from cases.approvals.vocabulary import Matter
from cases.work.models import Case

STANDING = standing_of(
    Case(
        amount_at_risk=Decimal("480.00"),
        currency="USD",
        facility_id=1,
        payer_id=2,
        code="CO-197",
        details={"paid": "0.00"},
    )
)
SEALED = Sealed(
    matter=Matter.PATIENT_REFUND,
    case="7d0a",
    case_version=3,
    standing=STANDING,
    amount=Decimal("480.00"),
    currency="USD",
    payee=Payee("patient", "P-1", "ab", "cd"),
    accounts=("A-1", "A-2"),
    evidence=("ff", "00"),
    policy="patient-refund-2@1",
    facts={"federal": "no"},
)


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Decimal("480.01")},
        {"currency": "EUR"},
        {"case_version": 4},
        {"payee": None},
        {"payee": Payee("patient", "P-1", "ab", "ce")},
        {"accounts": ("A-1",)},
        {"evidence": ("ff",)},
        {"policy": "patient-refund-2@2"},
        {"facts": {"federal": "yes"}},
        {"matter": Matter.PAYER_REFUND},
        {"standing": STANDING | {"cycle": "2"}},
    ],
)
def test_whatever_changes_changes_the_digest(changed):
    assert digest(canonical(replace(SEALED, **changed))) != digest(canonical(SEALED))


def test_the_order_of_what_is_given_does_not_matter():
    other = replace(SEALED, accounts=("A-2", "A-1"), evidence=("00", "ff"))

    assert canonical(other) == canonical(SEALED)


@given(
    amount=st.decimals("0.01", "999999999999.99", places=2),
    accounts=st.lists(st.text(max_size=8), max_size=3),
    facts=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)
def test_what_was_sealed_can_be_read_and_sealed_again(amount, accounts, facts):
    text = canonical(replace(SEALED, amount=amount, accounts=tuple(accounts), facts=facts))

    assert canonical(unsealed(text)) == text
    assert resealed(text, STANDING) == digest(text)


def test_a_difference_says_what_was_and_what_is():
    text = canonical(SEALED)
    now = STANDING | {"amount_at_risk": "480.01", "payer": "", "details": "other"}

    assert [str(each) for each in differences(text, now)] == [
        "Amount at risk: 480.00 → 480.01",
        "Payer: 2 → nothing",
        "The facts of the case: as sealed → changed",
    ]
    assert differences(text, STANDING) == []
