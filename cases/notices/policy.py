"""When something may go out by mail. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.notices.vocabulary import MessageKind, Pace

MORNING = time(7, 30)
"""When the mail of the day goes out, by the clock of its reader."""

USUAL: dict[MessageKind, Pace] = {
    MessageKind.BREACH: Pace.INSTANT,
    MessageKind.APPROVAL: Pace.INSTANT,
    MessageKind.WARNING: Pace.HOURLY,
    MessageKind.MENTION: Pace.HOURLY,
    MessageKind.ASSIGNED: Pace.HOURLY,
    MessageKind.RETURNED: Pace.DAILY,
    MessageKind.FOLLOW_UP: Pace.DAILY,
    MessageKind.WATCHED: Pace.DAILY,
    MessageKind.PROJECT: Pace.DAILY,
    MessageKind.JOB: Pace.OFF,
}


@dataclass(frozen=True, slots=True)
class Rest:
    """When somebody wants no mail: from `starts` to `ends` by their clock, also over midnight."""

    starts: time
    ends: time

    def holds_at(self, moment: time) -> bool:
        """Whether a time of day is within; the end is not."""
        if self.starts <= self.ends:
            return self.starts <= moment < self.ends
        return moment >= self.starts or moment < self.ends


def pace_of(kind: MessageKind, chosen: Pace | None, *, is_urgent: bool) -> Pace:
    """How soon a message goes out: as chosen, else at once when urgent, else as usual."""
    if chosen is not None:
        return chosen
    return Pace.INSTANT if is_urgent else USUAL[kind]


def is_due(pace: Pace, *, since: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether what was to be told since then goes out now, by the clock of a zone."""
    match pace:
        case Pace.INSTANT:
            return True
        case Pace.HOURLY:
            return since < hour_of(now)
        case Pace.DAILY:
            return since < morning_before(now, zone)
    return False


def is_quiet(rest: Rest | None, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether somebody in that zone rests."""
    return rest is not None and rest.holds_at(now.astimezone(zone).time())


def hour_of(now: datetime) -> datetime:
    """When this hour began."""
    return now.replace(minute=0, second=0, microsecond=0)


def morning_before(now: datetime, zone: ZoneInfo) -> datetime:
    """The last time that the mail of the day went out."""
    here = now.astimezone(zone)
    today = datetime.combine(here.date(), MORNING, tzinfo=zone)
    return (
        today
        if today <= now
        else datetime.combine(here.date() - timedelta(days=1), MORNING, tzinfo=zone)
    )
