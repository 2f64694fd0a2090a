"""From the feed to cases: each change is made use of exactly once.

The cases, their traces and the cursor that says how far the feed was read are one transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from cases.actions.opening import Effect, Written, open_many
from cases.detection.models import Outcome
from cases.work.findings import Finding
from cases.work.types import CASE_TYPES, Change
from integrations.feed import queries as feed
from integrations.feed import services as feeding
from integrations.feed.queries import Position

CONSUMER = "detection"
BATCH = 5_000
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
    done = detect_changes(changes=changes, at=at)
    feeding.advance(consumer=CONSUMER, to=feed.after(changes[-1]))
    return done


@transaction.atomic
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
