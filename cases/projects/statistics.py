"""Rates, their difference, and how sure one can be. Pure.

Wilson's score interval for one rate, Newcombe's hybrid of two of them for the difference between
independent rates (Statistics in Medicine 17, 1998, method 10): both hold for small counts and for
rates near zero, where the textbook interval does not.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot, sqrt

Z95 = 1.959964
"""Two-sided 95 %."""
FEWEST = 20
"""Claims on either side below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included; shares of one."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """The share of one; None when there is nothing to divide."""
        return self.part / self.whole if self.whole else None

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)


class Verdict(StrEnum):
    """What a comparison shows."""

    DROPPED = "dropped"
    ROSE = "rose"
    UNCLEAR = "unclear"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rates; `difference` is after less before, with its 95 % interval."""

    before: Share
    after: Share
    difference: float | None
    interval: Interval | None
    verdict: Verdict


def wilson(share: Share, *, z: float = Z95) -> Interval:
    """The score interval of a rate; all that is possible when there is nothing to go by."""
    if not share.whole:
        return Interval(0.0, 1.0)
    n, rate = share.whole, share.part / share.whole
    middle = rate + z * z / (2 * n)
    spread = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def newcombe(before: Share, after: Share, *, z: float = Z95) -> Interval:
    """The interval of after less before; both need a whole."""
    was, now = before.part / before.whole, after.part / after.whole
    of_was, of_now = wilson(before, z=z), wilson(after, z=z)
    return Interval(
        max(-1.0, now - was - hypot(now - of_now.low, of_was.high - was)),
        min(1.0, now - was + hypot(of_now.high - now, was - of_was.low)),
    )


def compare(before: Share, after: Share) -> Comparison:
    """Whether a rate dropped, rose, or may as well be the same."""
    if not before.whole or not after.whole:
        return Comparison(before, after, None, None, Verdict.TOO_FEW)
    interval = newcombe(before, after)
    difference = after.part / after.whole - before.part / before.whole
    return Comparison(before, after, difference, interval, _verdict(before, after, interval))


def _verdict(before: Share, after: Share, interval: Interval) -> Verdict:
    if min(before.whole, after.whole) < FEWEST:
        return Verdict.TOO_FEW
    if interval.high < 0:
        return Verdict.DROPPED
    return Verdict.ROSE if interval.low > 0 else Verdict.UNCLEAR
