"""The score of a case, term by term, as the database counts it too. Pure.

`45 · urgency + 35 · log10(1 + expected) / 5 + 10 · min(age / 60, 1) + 10 · escalation`, with the
house's weights; urgency is a logistic of the days left. The SQL function `cases_score_terms` says
the same; a property test compares the two.
"""

from dataclasses import dataclass
from math import exp, log10

LARGEST_POWER = 60.0
FULL_AGE_DAYS = 60.0
MONEY_SCALE = 5.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What each term is worth, in points; and the middle and the slope of urgency, in days."""

    urgency: float = 45.0
    money: float = 35.0
    age: float = 10.0
    escalation: float = 10.0
    midpoint_days: float = 10.0
    slope_days: float = 4.0


@dataclass(frozen=True, slots=True)
class Terms:
    """The points of each term."""

    urgency: float
    money: float
    age: float
    escalation: float

    @property
    def score(self) -> float:
        """Their sum."""
        return self.urgency + self.money + self.age + self.escalation


def terms_of(
    weights: Weights, *, days_left: float, expected: float, age_days: float, is_escalated: bool
) -> Terms:
    """The terms of a case: days until its internal date, expected recovery in US dollars, age."""
    power = (days_left - weights.midpoint_days) / weights.slope_days
    power = max(min(power, LARGEST_POWER), -LARGEST_POWER)
    return Terms(
        urgency=weights.urgency / (1.0 + exp(power)),
        money=weights.money * log10(1.0 + max(expected, 0.0)) / MONEY_SCALE,
        age=weights.age * min(max(age_days, 0.0) / FULL_AGE_DAYS, 1.0),
        escalation=weights.escalation if is_escalated else 0.0,
    )
