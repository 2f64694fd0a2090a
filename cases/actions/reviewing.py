"""The second look at finished cases: drawing the sample, and answering it."""

from datetime import date, datetime

from billing_portal.accounts.models import User
from cases.quality import services
from cases.quality.models import QaDraw, QaSample
from cases.work.lifecycle import Disposition
from cases.work.types import CASE_TYPES


def draw_day(*, on: date) -> QaDraw:
    """Draw a day's sample, once."""
    return services.draw_day(on=on)


def answer(
    *, sample: QaSample, verdict: Disposition, reason: str, by: User, at: datetime
) -> QaSample:
    """Say how a sampled case should have ended.

    Raises ReviewRefused, also for an ending that its kind of case does not have.
    """
    ways = {*CASE_TYPES.get(sample.case.case_type).dispositions, sample.disposition}
    if verdict not in ways:
        message = f"This kind of case does not end as “{Disposition(verdict).label}”."
        raise services.ReviewRefused(message)
    return services.answer(sample=sample, verdict=verdict, reason=reason, by=by, at=at)
