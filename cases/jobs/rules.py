"""How fast a job goes, and when it may be done. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """What a job does in a minute, and how long it will still take (None: cannot be told yet)."""

    per_minute: int
    left: timedelta | None


def pace_of(*, done: int, total: int, begun_at: datetime, stepped_at: datetime) -> Pace | None:
    """The pace from the beginning to the latest step; None before anything is done."""
    spent = stepped_at - begun_at
    if done <= 0 or spent <= timedelta(0):
        return None
    left = spent * (max(total - done, 0) / done)
    return Pace(per_minute=round(done / (spent / timedelta(minutes=1))), left=left)


def percent(*, done: int, total: int) -> int:
    """How much is done; a hundred only when all is."""
    if total <= 0 or done >= total:
        return 100
    return done * 100 // total
