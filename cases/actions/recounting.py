"""Counting clocks anew: after a change of a calendar, or to see that what is stored is right.

The clocks are counted from their events; the cases then carry the due times that come of it, by a
move of their own. Long work goes on as a job, in bounded steps that are safe to repeat.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from billing_portal.access.actor import system_actor
from cases.actions import moving
from cases.actions.telling import of_job
from cases.jobs.kinds import JobKind, Progress
from cases.jobs.models import Job
from cases.sla.models import ClockEvent, SlaClock
from cases.sla.services import Adopted, recount_many, start_missing
from cases.sla.vocabulary import LIVE
from cases.work.lifecycle import Verb
from cases.work.models import Case
from cases.work.services import Wanted
from cases.work.sets import any_id

CLOCKS = "clocks"
KIND = "recount_clocks"
BATCH = 500
DRIFTED = "Its clocks were counted anew from their events."


@dataclass(frozen=True, slots=True)
class Counted:
    """Open cases looked at, those whose clocks stood otherwise, and those that had none."""

    cases: int = 0
    changed: int = 0
    started: int = 0

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(*(a + b for a, b in zip(_numbers(self), _numbers(other), strict=True)))

    def as_json(self) -> dict[str, int]:
        """For programs."""
        return asdict(self)


def counted_in(calendar_ids: Collection[int]) -> QuerySet[SlaClock]:
    """The running clocks that are counted in one of these calendars."""
    return SlaClock.objects.filter(state__in=sorted(LIVE), terms__calendar__in=calendar_ids)


def recount_all(*, at: datetime, is_dry: bool = False) -> Counted:
    """Count every open case's clocks, batch by batch; cases that have none get them."""
    total = Counted()
    for batch in _batches(Case.objects.open()):
        total = total.plus(_recount_batch(batch, at=at, is_dry=is_dry))
    return total


@transaction.atomic
def recount(
    *, case_ids: Collection[int], at: datetime, reason: str, adopted: Adopted | None = None
) -> int:
    """Count the clocks of some cases anew; returns of how many something changed. Locks them."""
    cases = _locked(case_ids)
    found = recount_many(case_ids=[case.pk for case in cases], at=at, adopted=adopted)
    _carry(cases, found.due, at=at, reason=reason)
    return len(found.changed)


def step(*, job: Job, at: datetime) -> Progress:
    """The next batch of the cases whose clocks are counted in a calendar that changed."""
    after, parameters = job.state.get("after", 0), job.parameters
    rows = counted_in(parameters["calendars"]).filter(case__gt=after, **_only(parameters))
    batch = sorted(set(rows.order_by("case").values_list("case", flat=True)[:BATCH]))
    if not batch:
        return Progress(state=job.state, is_finished=True)
    adopted = Adopted(*parameters["adopted"]) if parameters.get("adopted") else None
    recount(case_ids=batch, at=at, reason=parameters["reason"], adopted=adopted)
    return Progress(done=len(batch), state={"after": batch[-1]})


def ended(job: Job) -> None:
    """Who began it is told."""
    of_job(job)


JOB = JobKind(KIND, "Count clocks anew", step, ended)


def _only(parameters: Mapping[str, Any]) -> dict[str, int]:
    facility_id = parameters.get("facility")
    return {} if facility_id is None else {"case__facility": facility_id}


@transaction.atomic
def _recount_batch(case_ids: Collection[int], *, at: datetime, is_dry: bool) -> Counted:
    cases = _locked(case_ids)
    missing = [case for case in cases if not case.has_clocks]  # type: ignore[attr-defined]  # annotated
    found = recount_many(
        case_ids={case.pk for case in cases} - {case.pk for case in missing}, at=at, is_dry=is_dry
    )
    if not is_dry:
        _carry(cases, {**found.due, **start_missing(cases=missing)}, at=at, reason=DRIFTED)
    return Counted(len(cases), len(found.changed), len(missing))


def _batches(cases: QuerySet[Case]) -> Iterator[list[int]]:
    after, keys = 0, cases.order_by("pk").values_list("pk", flat=True)
    while batch := list(keys.filter(pk__gt=after)[:BATCH]):
        yield batch
        after = batch[-1]


def _locked(case_ids: Collection[int]) -> list[Case]:
    told = ClockEvent.objects.filter(case=OuterRef("pk"))
    return list(
        Case.objects.open()
        .filter(pk=any_id(case_ids))
        .annotate(has_clocks=Exists(told))
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _carry(
    cases: Collection[Case],
    due: Mapping[int, Mapping[str, datetime]],
    *,
    at: datetime,
    reason: str,
) -> None:
    """Let cases carry the due times of their clocks."""
    wanted = [
        Wanted(case.pk, reason, dict(due[case.pk]))
        for case in cases
        if any(getattr(case, name) != value for name, value in due.get(case.pk, {}).items())
    ]
    if wanted:
        moving.move_many(wanted=wanted, verb=Verb.UPDATE, by=system_actor(CLOCKS), at=at)


def _numbers(counted: Counted) -> tuple[int, ...]:
    return counted.cases, counted.changed, counted.started
