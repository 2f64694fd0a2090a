from decimal import Decimal

import pytest

from cases.types.denial.appeals.lifecycle import AppealStatus, Outcome
from cases.types.denial.appeals.rights import (
    AppealRefused,
    NextLevel,
    Past,
    next_level,
    refusal,
    require_amount,
)


def decided(key, level, outcome, previous=None):
    return Past(key, level, AppealStatus.DECIDED, outcome, previous)


def test_an_unprocessable_claim_can_only_be_corrected():
    assert "MA130" in refusal("denial", {"remarks": ["N1", "MA130"], "appeal_allowed": False})


def test_a_reason_that_is_not_one_to_appeal_is_refused():
    assert refusal("denial", {"remarks": [], "appeal_allowed": False})
    assert refusal("remittance_exception", {})
    assert refusal("denial", {"remarks": [], "appeal_allowed": True}) == ""


@pytest.mark.parametrize(
    ("past", "wanted"),
    [
        ([], NextLevel(1, None)),
        ([decided(7, 1, Outcome.UPHELD)], NextLevel(2, 7)),
        ([decided(7, 1, Outcome.OVERTURNED_PARTIAL)], NextLevel(2, 7)),
        ([decided(7, 1, Outcome.OVERTURNED_FULL)], NextLevel(1, None)),
        ([decided(7, 1, Outcome.DISMISSED)], NextLevel(1, None)),
        ([decided(7, 1, Outcome.UPHELD), decided(8, 2, Outcome.WITHDRAWN, 7)], NextLevel(2, 7)),
    ],
)
def test_the_next_level_follows_from_the_last(past, wanted):
    assert next_level(past) == wanted


def test_one_level_at_a_time():
    with pytest.raises(AppealRefused, match="still open"):
        next_level([Past(7, 1, AppealStatus.SUBMITTED, None, None)])


def test_there_is_a_highest_level():
    with pytest.raises(AppealRefused, match="used up"):
        next_level([decided(7, 5, Outcome.UPHELD, 6)])


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "100.01"])
def test_one_disputes_at_most_what_was_denied(amount):
    with pytest.raises(AppealRefused, match=r"\$100.00"):
        require_amount(Decimal(amount), Decimal("100.00"), "USD")

    require_amount(Decimal("100.00"), Decimal("100.00"), "USD")
