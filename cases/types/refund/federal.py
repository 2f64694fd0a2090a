"""The federal 60-day clock of an identified overpayment. Pure.

Source: 42 CFR 401.305 as in force from 2025-01-01: report and return within 60 days after it was
identified; a timely good-faith investigation suspends the days until it ends, or until 180 days
after it was first identified, whichever is first. When it was identified is a signed act, never
computed. The numbers are rows (`FederalRule`).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from billing_portal.kernel.pure.errors import DomainError
from cases.types.refund.unclaimed import years_after
from cases.types.refund.vocabulary import FederalActKind


class ActRefused(DomainError):
    """This act cannot be signed for this day, or not again."""

    code = "act_refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """How many days the law leaves, and for how many an investigation may suspend them.

    What was received more than `look_back_years` before is not to be returned.
    """

    days: int
    suspension_days: int
    look_back_years: int


@dataclass(frozen=True, slots=True)
class FederalClock:
    """The signed days of one overpayment."""

    identified_on: date
    started_on: date | None = None
    ended_on: date | None = None

    def due_on(self, rule: Rule) -> date:
        """The last day to report and return.

        `due = min(investigation end, identified + 180) + (60 − days used before it began)`.
        """
        if self.started_on is None or self.used(self.started_on) >= rule.days:
            return self.identified_on + timedelta(days=rule.days)
        left = rule.days - self.used(self.started_on)
        return self.suspended_until(rule) + timedelta(days=left)

    def suspended_until(self, rule: Rule) -> date:
        """When the days count again, at the latest."""
        latest = self.identified_on + timedelta(days=rule.suspension_days)
        return latest if self.ended_on is None else min(self.ended_on, latest)

    def is_suspended(self, rule: Rule, *, on: date) -> bool:
        """Whether the investigation holds the days still on a day."""
        is_begun = self.started_on is not None and self.started_on <= on
        in_time = self.started_on is not None and self.used(self.started_on) < rule.days
        return is_begun and in_time and on < self.suspended_until(rule)

    def looks_back_to(self, rule: Rule) -> date:
        """From when on payments count: what was received before is not to be returned."""
        return years_after(self.identified_on, -rule.look_back_years)

    def used(self, on: date) -> int:
        """The days between identification and a day."""
        return (on - self.identified_on).days


def clock_of(acts: dict[FederalActKind, date]) -> FederalClock | None:
    """The clock of the signed acts; None: nothing is identified, so none runs."""
    identified = acts.get(FederalActKind.IDENTIFIED)
    if identified is None:
        return None
    return FederalClock(
        identified, acts.get(FederalActKind.STARTED), acts.get(FederalActKind.ENDED)
    )


BEFORE = {
    FederalActKind.STARTED: FederalActKind.IDENTIFIED,
    FederalActKind.ENDED: FederalActKind.STARTED,
}


def check(kind: FederalActKind, on: date, *, acts: dict[FederalActKind, date], today: date) -> None:
    """Raises ActRefused: signed before, in the future, or not after what comes before it."""
    if kind in acts:
        raise ActRefused(f"“{kind.label}” is signed already, for {acts[kind]}.")
    if on > today:
        raise ActRefused("An act is signed for a day that has been.")
    if before := BEFORE.get(kind):
        if before not in acts:
            raise ActRefused(f"“{before.label}” is signed first.")
        if on < acts[before]:
            raise ActRefused(f"“{kind.label}” does not come before “{before.label}”.")
