"""A refund check that nobody cashes, on its way to the state's unclaimed property. Pure.

Source: the house's domain rules (4.8): the state of the owner's last known address decides how
long money lies dormant and from which amount the owner is written to before it is reported.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing_portal.kernel.pure.errors import DomainError
from cases.types.refund.vocabulary import CheckStatus

STALE_DAYS = 180
"""After which a bank need not pay a check, though it may (Uniform Commercial Code 4-404)."""
LEAP_DAY = (2, 29)

MOVES: dict[CheckStatus, frozenset[CheckStatus]] = {
    CheckStatus.ISSUED: frozenset(
        {CheckStatus.OUTSTANDING, CheckStatus.STALE, CheckStatus.CLEARED}
    ),
    CheckStatus.OUTSTANDING: frozenset({CheckStatus.STALE, CheckStatus.CLEARED}),
    CheckStatus.STALE: frozenset(
        {CheckStatus.CONTACTED, CheckStatus.ESCHEAT_DUE, CheckStatus.CLEARED}
    ),
    CheckStatus.CONTACTED: frozenset({CheckStatus.CLEARED, CheckStatus.ESCHEAT_DUE}),
    CheckStatus.ESCHEAT_DUE: frozenset({CheckStatus.REMITTED}),
    CheckStatus.CLEARED: frozenset(),
    CheckStatus.REMITTED: frozenset(),
}
BY_PEOPLE = frozenset(
    {
        CheckStatus.OUTSTANDING,
        CheckStatus.CLEARED,
        CheckStatus.CONTACTED,
        CheckStatus.REMITTED,
    }
)
"""What a person says; stale and due to the state follow from the days."""
UNCASHED = frozenset({CheckStatus.ISSUED, CheckStatus.OUTSTANDING})
DORMANT = frozenset({CheckStatus.STALE, CheckStatus.CONTACTED})


class CheckRefused(DomainError):
    """The check cannot go there from where it stands."""

    code = "check_refused"


@dataclass(frozen=True, slots=True)
class Dormancy:
    """A state's rule: years of rest, and from which amount the owner is written to how long before.

    `notice_from` is in the check's currency.
    """

    years: int
    notice_from: Decimal
    notice_days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A check as the days see it."""

    status: CheckStatus
    amount: Decimal
    issued_on: date
    contacted_on: date | None = None


def next_by_days(check: Standing, rule: Dormancy | None, *, on: date) -> CheckStatus | None:
    """Where the days alone lead a check; None: nowhere yet, or no rule of its state is known."""
    if check.status in UNCASHED:
        is_stale = (on - check.issued_on).days >= STALE_DAYS
        return CheckStatus.STALE if is_stale else None
    if rule is None or check.status not in DORMANT:
        return None
    return CheckStatus.ESCHEAT_DUE if on >= due_on(check, rule) else None


def due_on(check: Standing, rule: Dormancy) -> date:
    """From when it is the state's: dormant long enough, and its owner written to in time.

    One that must be announced and was not is never due: somebody writes first.
    """
    dormant = years_after(check.issued_on, rule.years)
    if check.amount < rule.notice_from:
        return dormant
    if check.contacted_on is None:
        return date.max
    return max(dormant, check.contacted_on + timedelta(days=rule.notice_days))


def years_after(day: date, years: int) -> date:
    """The same day some years on, or before; of a leap day the first of March."""
    if (day.month, day.day) == LEAP_DAY:
        return date(day.year + years, 3, 1)
    return day.replace(year=day.year + years)


def require(status: CheckStatus, to: CheckStatus) -> None:
    """Raises CheckRefused unless a check may go there."""
    if to not in MOVES[status]:
        raise CheckRefused(f"A check that is “{status.label}” cannot become “{to.label}”.")
