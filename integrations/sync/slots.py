"""Schedule slots: which times of a job were run, by whom it does not matter, and which were missed.

A slot is a row, unique by job and time: however many beats ring, one of them makes it. Jobs here
coalesce: one run does the work of all that were missed, and those are recorded as skipped.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from integrations.sync.models import ScheduleSlot, SlotStatus

KEPT = timedelta(days=30)
RECORDED = 2_000
GIVEN_UP = timedelta(minutes=30)

TAKE = """
INSERT INTO integrations_scheduleslot (job, slot, status, outcome)
VALUES (%(job)s, %(slot)s, 'running', '')
ON CONFLICT (job, slot) DO NOTHING RETURNING id
"""
SKIP = """
INSERT INTO integrations_scheduleslot (job, slot, status, finished_at, outcome)
SELECT %(job)s, missed, 'skipped', %(now)s, 'missed; the next run did its work'
FROM generate_series(%(first)s::timestamptz, %(last)s::timestamptz,
                     make_interval(secs => %(every)s)) AS missed
ON CONFLICT (job, slot) DO NOTHING
"""


def slot_at(now: datetime, *, every: timedelta) -> datetime:
    """The latest slot that has come, counted from the epoch."""
    seconds = every.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


@transaction.atomic
def claim(*, job: str, now: datetime, every: timedelta) -> int | None:
    """Make the latest slot's row and return its key; None when somebody made it already.

    Slots missed since the one before are recorded as skipped (the latest RECORDED of them); one
    that was never finished has failed; old ones are forgotten.
    """
    slot = slot_at(now, every=every)
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"job": job, "slot": slot})
        made = cursor.fetchone()
    if made is None:
        return None
    slots = ScheduleSlot.objects.filter(job=job)
    before = slots.filter(slot__lt=slot).aggregate(latest=Max("slot"))["latest"]
    if before is not None:
        skip(job=job, first=before + every, last=slot - every, every=every, now=now)
    slots.filter(status=SlotStatus.RUNNING, started_at__lt=now - GIVEN_UP).update(
        status=SlotStatus.FAILED, finished_at=now, outcome="its worker never finished"
    )
    slots.filter(slot__lt=now - KEPT).delete()
    return int(made[0])


def skip(*, job: str, first: datetime, last: datetime, every: timedelta, now: datetime) -> None:
    """Record missed slots."""
    earliest = max(first, last - every * (RECORDED - 1))
    with connection.cursor() as cursor:
        cursor.execute(
            SKIP,
            {
                "job": job,
                "first": earliest,
                "last": last,
                "every": every.total_seconds(),
                "now": now,
            },
        )


@transaction.atomic
def finish(key: int, *, status: SlotStatus, outcome: str, now: datetime) -> None:
    """Say what a slot came to."""
    ScheduleSlot.objects.filter(pk=key, status=SlotStatus.RUNNING).update(
        status=status, outcome=outcome, finished_at=now
    )
