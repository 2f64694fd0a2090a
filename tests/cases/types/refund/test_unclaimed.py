"""An uncashed check on its way to the state: by the days, and by what people did."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cases.types.refund.unclaimed import (
    MOVES,
    CheckRefused,
    Dormancy,
    Standing,
    next_by_days,
    require,
    years_after,
)
from cases.types.refund.vocabulary import CheckStatus

ISSUED = date(2024, 1, 10)
THREE_YEARS = Dormancy(years=3, notice_from=Decimal("100.00"), notice_days=60)
DORMANT = date(2027, 1, 10)


def check(status, amount="250.00", contacted_on=None):
    return Standing(status, Decimal(amount), ISSUED, contacted_on)


def test_it_is_stale_after_180_days_and_not_before():
    outstanding = check(CheckStatus.OUTSTANDING)

    assert next_by_days(outstanding, None, on=ISSUED + timedelta(days=179)) is None
    assert next_by_days(outstanding, None, on=ISSUED + timedelta(days=180)) is CheckStatus.STALE


def test_a_small_one_is_the_states_when_it_has_lain_long_enough():
    small = check(CheckStatus.STALE, "99.99")

    assert next_by_days(small, THREE_YEARS, on=DORMANT - timedelta(days=1)) is None
    assert next_by_days(small, THREE_YEARS, on=DORMANT) is CheckStatus.ESCHEAT_DUE


def test_the_owner_of_a_larger_one_is_written_to_sixty_days_before():
    unwritten = check(CheckStatus.STALE, "100.00")
    written = check(CheckStatus.CONTACTED, "100.00", contacted_on=date(2026, 12, 1))

    assert next_by_days(unwritten, THREE_YEARS, on=date(2040, 1, 1)) is None
    assert next_by_days(written, THREE_YEARS, on=date(2027, 1, 29)) is None
    assert next_by_days(written, THREE_YEARS, on=date(2027, 1, 30)) is CheckStatus.ESCHEAT_DUE


def test_without_a_rule_of_its_state_nothing_follows():
    assert next_by_days(check(CheckStatus.STALE, "1.00"), None, on=date(2040, 1, 1)) is None


def test_one_that_nobody_said_was_mailed_is_stale_all_the_same():
    issued = check(CheckStatus.ISSUED)

    assert next_by_days(issued, None, on=ISSUED + timedelta(days=180)) is CheckStatus.STALE
    require(CheckStatus.ISSUED, CheckStatus.STALE)


def test_a_bank_may_pay_a_stale_one():
    require(CheckStatus.STALE, CheckStatus.CLEARED)


@pytest.mark.parametrize("status", [CheckStatus.CLEARED, CheckStatus.REMITTED])
def test_the_days_leave_the_others_alone(status):
    assert next_by_days(check(status), THREE_YEARS, on=date(2040, 1, 1)) is None


def test_a_cashed_or_remitted_check_goes_nowhere():
    assert not MOVES[CheckStatus.CLEARED] | MOVES[CheckStatus.REMITTED]
    with pytest.raises(CheckRefused, match="“Cleared” cannot become “Stale”"):
        require(CheckStatus.CLEARED, CheckStatus.STALE)
    require(CheckStatus.ISSUED, CheckStatus.OUTSTANDING)


def test_a_leap_day_has_its_anniversary():
    assert years_after(date(2024, 2, 29), 3) == date(2027, 3, 1)
