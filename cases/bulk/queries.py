"""Reads for a batch: how its cases stand, what it will do, what it did."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Now

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from cases.bulk.models import Batch, BatchRow, RowOutcome, Why
from cases.bulk.rules import Reach, Standing
from cases.work.lifecycle import CaseStatus
from cases.work.models import Lease
from cases.work.sets import any_id
from cases.work.visibility import WORK_QUEUE, scope_of

COLUMNS = (
    "queue_id",
    "facility_id",
    "case_type",
    "status",
    "owner_id",
    "version",
    "deadline_at",
)
SAMPLES = 10


def reach_of(user: User) -> Reach:
    """What somebody sees and works, by their groups as of now."""
    scope = scope_of(user)
    return Reach(scope.queues, scope.facilities, scope_ids(user, WORK_QUEUE))


def busy_of(case_ids: Iterable[int], *, but: int) -> frozenset[int]:
    """Which of these cases somebody else is at right now. One query."""
    held = Lease.objects.filter(case_id=any_id(case_ids), until__gt=Now()).exclude(holder_id=but)
    return frozenset(held.values_list("case_id", flat=True))


@dataclass(slots=True)
class Preview:
    """What a batch will come to: how many cases change, at which value; which are left, and why.

    `hands` counts those that change by queue and owner, as they stand now.
    """

    cases: int = 0
    amount: Decimal = Decimal(0)
    hands: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    skipped: Counter[Why] = field(default_factory=Counter)
    samples: list[int] = field(default_factory=list)


def preview(
    batch: Batch,
    judge: Callable[[Standing, int], Why],
    so_already: Collection[int] = frozenset(),
) -> Preview:
    """Judge every case of a batch as it stands now. Two queries at any length.

    `so_already` are the cases that what is no column of theirs makes so.
    """
    rows = list(
        BatchRow.objects.filter(batch=batch)
        .order_by("pk")
        .values_list(
            "case_id", "seen_version", "case__amount_at_risk", *(f"case__{c}" for c in COLUMNS)
        )
    )
    busy = busy_of((row[0] for row in rows), but=batch.by_id)
    found = Preview()
    for case_id, seen, amount, *values in rows:
        standing = standing_of(values, is_busy=case_id in busy, is_so=case_id in so_already)
        why = judge(standing, seen)
        if why is not Why.NONE:
            found.skipped[why] += 1
            continue
        found.cases += 1
        found.amount += amount
        found.hands[standing.queue_id, standing.owner_id] += 1
        if len(found.samples) < SAMPLES:
            found.samples.append(case_id)
    return found


def standing_of(values: Sequence[Any], *, is_busy: bool, is_so: bool = False) -> Standing:
    """A case's standing, from its COLUMNS."""
    given: dict[str, Any] = dict(zip(COLUMNS, values, strict=True))
    return Standing(**given | {"status": CaseStatus(given["status"])}, is_busy=is_busy, is_so=is_so)


@dataclass(frozen=True, slots=True)
class Group:
    """How many cases of a batch came to the same."""

    outcome: RowOutcome
    why: Why
    cases: int
    amount: Decimal


def results(batch: Batch) -> list[Group]:
    """What became of a batch's cases, the most frequent first. One query."""
    rows = (
        BatchRow.objects.filter(batch=batch)
        .values("outcome", "why")
        .annotate(many=Count("pk"), amount=Sum("case__amount_at_risk"))
        .order_by("-many", "outcome", "why")
    )
    return [
        Group(RowOutcome(row["outcome"]), Why(row["why"]), row["many"], row["amount"])
        for row in rows
    ]


def rows_of(batch: Batch) -> QuerySet[BatchRow]:
    """Each case of a batch with what became of it, in the order of the selection."""
    return (
        BatchRow.objects.filter(batch=batch)
        .select_related("case")
        .annotate(reference=F("case__reference"))
        .order_by("pk")
    )
