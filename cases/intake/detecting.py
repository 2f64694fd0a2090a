"""From a run's changes to the cases it led to, as far as they are there in time."""

import time
from collections.abc import Collection
from datetime import datetime

from django.db import OperationalError

from cases.detection import services as detection
from cases.detection.models import Detected, Outcome
from cases.intake.report import CaseCounts
from integrations.feed import queries as feed

BATCH = 5_000
PAUSE = 0.1


def catch_up(*, at: datetime, patience: float) -> bool:
    """Drain the feed up to where it ends now; False when that takes more than `patience` seconds.

    Another transaction that still runs holds the end of the feed back, and another worker may be
    draining it already: both are waited for.
    """
    end, deadline = feed.end(), time.monotonic() + patience
    while feed.position_of(detection.CONSUMER) < end:
        if time.monotonic() > deadline:
            return False
        try:
            drained = detection.drain(at=at, until=end, batches=1)
        except OperationalError:  # another worker holds the cursor for longer than we may wait
            continue
        if not drained.changes:
            time.sleep(PAUSE)
    return True


def cases_of(correlation_ids: Collection[str]) -> CaseCounts:
    """What detection made of the messages with these correlation ids."""
    cases: dict[str, set[int]] = {outcome.value: set() for outcome in Outcome}
    rows = Detected.objects.filter(correlation_id__in=correlation_ids).order_by("pk")
    for outcome, case_id in rows.values_list("outcome", "case_id"):
        cases[outcome].add(case_id)
    changed = cases[Outcome.UPDATED] | cases[Outcome.REOPENED]
    return CaseCounts(
        opened=len(cases[Outcome.OPENED]),
        updated=len(changed - cases[Outcome.OPENED]),
        closed=len(cases[Outcome.CLOSED]),
    )


def rehearse(*, at: datetime) -> CaseCounts:
    """What the current transaction's changes mean for cases, written into it: for a dry run."""
    changes, total = feed.own_changes(), detection.Drained()
    for start in range(0, len(changes), BATCH):
        total += detection.detect_changes(changes=changes[start : start + BATCH], at=at)
    return CaseCounts(total.opened, total.updated + total.reopened, total.closed)
