"""The words of targets and clocks. Pure."""

from django.db.models import IntegerChoices, TextChoices


class Clock(TextChoices):
    """What a target measures."""

    FIRST_TOUCH = "first_touch", "First touch"
    RESOLVE = "resolve", "Resolve"


class Unit(TextChoices):
    """What a target counts."""

    BUSINESS_HOURS = "business_hours", "Business hours"
    BUSINESS_DAYS = "business_days", "Business days"
    CALENDAR_DAYS = "calendar_days", "Calendar days"


class CountsIn(TextChoices):
    """Whose calendar a target is counted in."""

    SITE = "site", "The site's calendar"
    PAYER = "payer", "The payer's calendar, if it has one"


class ClockState(TextChoices):
    """How a clock stands."""

    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    MET = "met", "Met"
    MISSED = "missed", "Missed"
    CANCELLED = "cancelled", "Cancelled"


LIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED})


class EventKind(TextChoices):
    """What happened to the clocks of a case."""

    START = "start", "Clock started"
    PAUSE = "pause", "Clock paused"
    RESUME = "resume", "Clock goes on"
    RETARGET = "retarget", "Clock has a new target"
    STOP = "stop", "Clock stopped"
    CANCEL = "cancel", "Clock no longer counts"
    RECOMPUTE = "recompute", "Clock counted anew"
    UNDO = "undo", "Clock put back"


class ClockEffect(TextChoices):
    """What a move of a case asks of its clocks.

    A handover owes a new first touch, and the rest of the time in the new queue's measure.
    """

    NONE = "none", "Nothing"
    START = "start", "Start anew"
    HANDOVER = "handover", "Hand over"
    RETARGET = "retarget", "Take the targets of its place"
    REMEASURE = "remeasure", "Take the targets of its place, waiting if it waits"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Go on"
    STOP = "stop", "Stop"
    CANCEL = "cancel", "No longer count"
    UNDO = "undo", "Take back what the last move did"


class PauseReason(TextChoices):
    """Why a clock pauses."""

    PAYER = "payer", "waiting for payer"
    INFO = "info", "waiting for information"
    DEFERRED = "deferred", "deferred"


class Party(TextChoices):
    """In whose hands a case is while its clock pauses."""

    PAYER = "payer", "Payer"
    RECORDS = "records", "Patient, clinician or records"
    HOUSE = "house", "Ourselves"


PARTIES = {
    PauseReason.PAYER: Party.PAYER,
    PauseReason.INFO: Party.RECORDS,
    PauseReason.DEFERRED: Party.HOUSE,
}


class WatchStep(IntegerChoices):
    """What a clock is to be looked at for: a pause at its cap, or a share of its time gone."""

    CAP = 0, "Pause at its longest"
    HALF = 50, "Half of the time gone"
    MOST = 80, "80 % of the time gone"
    ALL = 100, "All of the time gone"


WARNINGS = (WatchStep.HALF, WatchStep.MOST, WatchStep.ALL)
