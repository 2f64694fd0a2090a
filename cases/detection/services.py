"""From the feed to cases: each change is made use of exactly once.

The cases, their traces and the cursor that says how far the feed was read are one transaction. A
change that detection fails on is set aside with a notice, and the others go on; a failure of many
is no matter of one change, and stops.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from psycopg import sql

from billing_portal.kernel.transactions import joining
from cases.actions.opening import Effect, Written, open_many
from cases.detection.models import Outcome, StuckChange
from cases.notices import services as notices
from cases.notices.models import NoticeKind
from cases.notices.services import Draft
from cases.routing.services import TRIAGE
from cases.work.findings import Finding
from cases.work.models import Queue
from cases.work.types import CASE_TYPES, Change
from integrations.feed import queries as feed
from integrations.feed import services as feeding
from integrations.feed.models import Record
from integrations.feed.queries import Position

CONSUMER = "detection"
BATCH = 5_000
MOST_STUCK = 20  # changes of one batch
PASSING = (OperationalError, InterfaceError)  # no matter of any change: the database is away
STUCK = sql.SQL(
    "SELECT record_id, claim_id FROM cases_stuckchange"
    " WHERE id = ANY(%(keys)s) AND record = %(of)s ORDER BY id"
)
logger = logging.getLogger(__name__)
RECORD = """
INSERT INTO cases_detected (case_id, outcome, correlation_id)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])
"""


@dataclass(frozen=True, slots=True)
class Drained:
    """How many changes were read, and what they did to how many cases."""

    changes: int = 0
    opened: int = 0
    updated: int = 0
    closed: int = 0
    reopened: int = 0

    def __add__(self, other: "Drained") -> "Drained":
        """Both together."""
        return Drained(
            self.changes + other.changes,
            self.opened + other.opened,
            self.updated + other.updated,
            self.closed + other.closed,
            self.reopened + other.reopened,
        )


def drain(*, at: datetime, until: Position | None = None, batches: int = 1_000) -> Drained:
    """Make use of all unread changes below the feed's horizon, batch by batch.

    Stops after the change at `until`, when nothing is left, or after `batches`. Safe to run beside
    itself: a second one waits for the first one's batch and reads on from there.
    """
    total = Drained()
    for _ in range(batches):
        one = drain_batch(at=at)
        total += one
        has_reached = until is not None and feed.position_of(CONSUMER) >= until
        if one.changes == 0 or has_reached:
            break
    return total


@transaction.atomic
def drain_batch(*, at: datetime, limit: int = BATCH) -> Drained:
    """Make use of the next unread changes. Locks detection's cursor until they are."""
    position = feeding.hold(CONSUMER)
    changes = feed.read_after(position, limit=limit)
    if not changes:
        return Drained()
    stuck: list[StuckChange] = []
    done = detect_all_but_stuck(changes=changes, at=at, stuck=stuck)
    set_aside(stuck)
    feeding.advance(consumer=CONSUMER, to=feed.after(changes[-1]))
    return done


def detect_all_but_stuck(
    *, changes: Sequence[Change], at: datetime, stuck: list[StuckChange]
) -> Drained:
    """Make use of changes; what fails is halved until the change is found that it fails on."""
    try:
        with transaction.atomic():
            return detect_changes(changes=changes, at=at)
    except Exception as failure:
        if isinstance(failure, PASSING) or len(stuck) == MOST_STUCK:
            raise
        if len(changes) == 1:
            logger.exception("detection failed on %s %s", changes[0].record, changes[0].record_id)
            stuck.append(stuck_on(changes[0], failure))
            return Drained(changes=1)
    middle = len(changes) // 2
    first = detect_all_but_stuck(changes=changes[:middle], at=at, stuck=stuck)
    return first + detect_all_but_stuck(changes=changes[middle:], at=at, stuck=stuck)


def stuck_on(change: Change, failure: Exception) -> StuckChange:
    """What is kept of a change that detection failed on."""
    return StuckChange(
        record=change.record,
        record_id=change.record_id,
        claim_id=change.claim_id,
        correlation_id=change.correlation_id,
        error=type(failure).__name__,
    )


def set_aside(stuck: Sequence[StuckChange]) -> None:
    """Let changes wait, and tell the triage desk."""
    if not stuck:
        return
    StuckChange.objects.bulk_create(stuck, ignore_conflicts=True)
    triage = Queue.objects.only("pk").get(key=TRIAGE)
    notices.raise_many(
        drafts=[
            Draft(
                kind=NoticeKind.DATA_QUALITY,
                key=f"detection:{each.record}:{each.record_id}:{each.correlation_id}",
                text=f"No case could be made of {each.record.replace('_', ' ')} {each.record_id}"
                f" ({each.error}). It waits for a mend and a replay.",
                queue_id=triage.pk,
            )
            for each in stuck
        ]
    )


@transaction.atomic
def tell_again(*, correlation_id: str) -> int:
    """Put every change that waits back into the feed, once its cause is mended; returns how many.

    What it then leads to carries `correlation_id`.
    """
    waiting = StuckChange.objects.filter(told_again_at=None).select_for_update()
    keys = list(waiting.values_list("pk", flat=True))
    told = 0
    for record in Record:
        given = {"keys": keys, "of": record.value}
        told += feeding.append(record=record, query=STUCK, correlation_id=correlation_id, **given)
    StuckChange.objects.filter(pk__in=keys).update(told_again_at=Now())
    return told


@joining
def detect_changes(*, changes: Sequence[Change], at: datetime) -> Drained:
    """What these changes mean for cases, written; a dry run rolls it back."""
    by_record: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_record[change.record].append(change)
    findings: list[Finding] = []
    for case_type in CASE_TYPES:
        followed = [change for record in sorted(case_type.follows) for change in by_record[record]]
        if followed:
            findings += case_type.detect(followed)
    written = open_many(findings=findings, at=at)
    _record(written)
    return _counted(written, changes=len(changes))


def _record(written: Sequence[Written]) -> None:
    if written:
        columns = zip(
            *((each.case_id, Outcome(each.effect.value), each.correlation_id) for each in written),
            strict=True,
        )
        with connection.cursor() as cursor:
            cursor.execute(RECORD, [list(column) for column in columns])


def _counted(written: Sequence[Written], *, changes: int) -> Drained:
    counts = Counter(each.effect for each in written)
    return Drained(
        changes=changes,
        opened=counts[Effect.OPENED],
        updated=counts[Effect.UPDATED],
        closed=counts[Effect.CLOSED],
        reopened=counts[Effect.REOPENED],
    )
