"""What a payer's later decision means for what we did about its denial. Pure.

The whole denial gone: overturned in full. Less denied than before, by a decision that paid more:
overturned in part, by the difference. Anything else is for a person to judge.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.types.denial.appeals.lifecycle import Outcome
from cases.types.denial.fold import ClaimState
from cases.work.lifecycle import Disposition

ZERO = Decimal("0.00")
PAID = frozenset(
    {
        Disposition.PAID_ON_REPROCESS,
        Disposition.APPEAL_OVERTURNED_FULL,
        Disposition.CORRECTED_CLAIM_PAID,
    }
)


@dataclass(frozen=True, slots=True)
class Acts:
    """When, for a claim, an appeal and a corrected claim were last sent."""

    appealed_on: date | None = None
    corrected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an appeal contested: which decision, how much of what was denied, sent when."""

    decision: str
    denied: Decimal
    disputed: Decimal
    sent_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How the denial stands by the newest facts; `disposition` when they closed it."""

    decision: str
    denied: Decimal
    decided_on: date | None
    disposition: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The outcome that the facts show, and what of the disputed amount the payer gave."""

    outcome: Outcome
    overturned: Decimal


def answer(asked: Asked, now: Standing) -> Answered | None:
    """The outcome of an appeal by a later decision; None: the facts do not say one."""
    if now.disposition in PAID:
        return Answered(Outcome.OVERTURNED_FULL, asked.disputed)
    if now.disposition is not None or not is_later(asked, now):
        return None
    given = min(asked.denied - now.denied, asked.disputed)
    if given <= ZERO:
        return None
    full = given == asked.disputed
    return Answered(Outcome.OVERTURNED_FULL if full else Outcome.OVERTURNED_PARTIAL, given)


def is_later(asked: Asked, now: Standing) -> bool:
    """Whether another decision came after the appeal was sent."""
    is_other = now.decision != asked.decision
    return is_other and now.decided_on is not None and now.decided_on >= asked.sent_on


def disposition_of(state: ClaimState, acts: Acts) -> Disposition | None:
    """How a claim's denial ended: paid by itself, after our appeal, or after a corrected claim."""
    if state.disposition is not Disposition.PAID_ON_REPROCESS:
        return state.disposition
    days = [part.paid_on for part in state.decisions[-1].parts if part.paid_on is not None]
    paid_on = max(days, default=date.min)
    if acts.appealed_on is not None and acts.appealed_on <= paid_on:
        return Disposition.APPEAL_OVERTURNED_FULL
    if acts.corrected_on is not None and acts.corrected_on <= paid_on:
        return Disposition.CORRECTED_CLAIM_PAID
    return state.disposition
