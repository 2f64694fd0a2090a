"""Whether a denial can be appealed, at which level, and what it may ask for. Pure.

Source of the rules: the house's domain rules, 3: a claim that was unprocessable (MA130) has no
appeal right and can only be corrected; after a level that was upheld, the next may follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import money
from cases.types.denial.appeals.lifecycle import LEAVES_ROOM, AppealStatus, Outcome
from cases.types.denial.rules import UNPROCESSABLE

HIGHEST = 5
DENIAL = "denial"


class AppealRefused(DomainError):
    """This case cannot be appealed, or not so."""

    code = "appeal_refused"


@dataclass(frozen=True, slots=True)
class Past:
    """What one appeal of the case came to; `key` is its primary key."""

    key: int
    level: int
    status: AppealStatus
    outcome: Outcome | None
    previous: int | None


@dataclass(frozen=True, slots=True)
class NextLevel:
    """The level that an appeal opened now would have, and the appeal it follows."""

    level: int
    previous: int | None


def refusal(case_type: str, details: Mapping[str, Any]) -> str:
    """Why there is nothing to appeal, in a sentence; empty when there is."""
    if case_type != DENIAL:
        return "Only a denial can be appealed."
    if UNPROCESSABLE in details.get("remarks", ()):
        return (
            "The payer could not process this claim (MA130), so there is no right to appeal:"
            " send a corrected claim."
        )
    if not details.get("appeal_allowed"):
        return "The reason of this denial is not one to appeal; choose another way."
    return ""


def next_level(past: Sequence[Past]) -> NextLevel:
    """Which level comes next, from the case's appeals, oldest first. Raises AppealRefused.

    After a decision that leaves something denied, the next level; after one without a decision, the
    same level again; a denial that comes back after it was overturned starts at the first.
    """
    if not past:
        return NextLevel(1, None)
    last = past[-1]
    if last.status is not AppealStatus.DECIDED:
        message = f"The appeal of level {last.level} is still open: go on with that one."
        raise AppealRefused(message)
    if last.outcome is Outcome.OVERTURNED_FULL:
        return NextLevel(1, None)
    if last.outcome not in LEAVES_ROOM:
        return NextLevel(last.level, last.previous)
    if last.level == HIGHEST:
        message = "Every level of appeal is used up. A write-off can be requested."
        raise AppealRefused(message)
    return NextLevel(last.level + 1, last.key)


def require_amount(disputed: Decimal, denied: Decimal, currency: str) -> None:
    """Raises AppealRefused unless the amount is more than nothing and at most what was denied."""
    if not Decimal(0) < disputed <= denied:
        message = (
            f"Dispute more than nothing and at most what was denied: {money(denied, currency)}."
        )
        raise AppealRefused(message)
