"""A chunk of a batch, done or undone: each case locked and judged again, the moves set-wise.

One transaction a chunk. What `move_many` refuses as a set (a rule that no judgement here knows) is
done case by case, so that one refusal costs the others nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import bulk_labels, moving
from cases.actions.awaiting import LONGEST_DEFERRAL
from cases.actions.telling import of_job
from cases.actions.working import given_in_order, require_reviewed
from cases.bulk import services
from cases.bulk.models import Batch, BatchRow, BatchStatus, BulkVerb, RowOutcome, Why
from cases.bulk.queries import COLUMNS, busy_of, reach_of, standing_of
from cases.bulk.rules import MOVES, Standing, Terms, judge
from cases.bulk.services import Made
from cases.collaboration.models import Label
from cases.jobs.kinds import JobKind, Progress
from cases.jobs.models import Job, JobStatus
from cases.routing.misrouting import misrouted_many
from cases.routing.vocabulary import NotOurs
from cases.sla.services import Place, due_times
from cases.work.inverses import last_moves
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case, Queue
from cases.work.services import Wanted, note
from cases.work.sets import any_id
from cases.work.types import CASE_TYPES

KIND = "bulk"
CHUNK = 500
ENDS = {BatchStatus.RUNNING: BatchStatus.DONE, BatchStatus.UNDOING: BatchStatus.UNDONE}
TAKES = {
    BulkVerb.ASSIGN: "owner_id",
    BulkVerb.TRANSFER: "queue_id",
    BulkVerb.DEFER: "until",
    BulkVerb.RESOLVE: "disposition",
    BulkVerb.LABEL: "label_id",
}


class ArgumentRefused(DomainError):
    """The verb lacks what it takes, or cannot take it."""

    code = "argument_refused"


def check_arguments(verb: BulkVerb, arguments: Mapping[str, Any], *, at: datetime) -> None:
    """Raises ArgumentRefused unless a verb is given what it takes, and nothing else."""
    takes = {TAKES[verb]} if verb in TAKES else set()
    if set(arguments) != takes:
        wanted = ", ".join(takes) or "nothing"
        raise ArgumentRefused(f"“{verb.label}” takes {wanted}.")
    if verb is BulkVerb.DEFER:
        until = datetime.fromisoformat(arguments["until"])
        if not at < until <= at + LONGEST_DEFERRAL:
            raise ArgumentRefused(
                f"Choose a time from now on, within {LONGEST_DEFERRAL.days} days."
            )
    if verb is BulkVerb.TRANSFER and not Queue.objects.filter(
        pk=arguments["queue_id"], is_active=True
    ):
        raise ArgumentRefused("That queue is closed.")
    if verb is BulkVerb.LABEL and not Label.objects.filter(
        pk=arguments["label_id"], is_active=True
    ):
        raise ArgumentRefused("That label is out of use.")


def title_of(batch: Batch, status: BatchStatus) -> str:
    """What a batch's job is called."""
    return f"Undo: {batch}" if status is BatchStatus.UNDOING else str(batch)


def judge_of(batch: Batch) -> Callable[[Standing, int], Why]:
    """How the cases of a batch are judged now: by the grants that hold at this moment."""
    terms = terms_of(batch)
    return lambda standing, seen: judge(terms, standing, seen)


def terms_of(batch: Batch) -> Terms:
    """What is to be done and who may have it done to what."""
    given = batch.arguments
    people = User.objects.in_bulk({batch.by_id, given.get("owner_id", batch.by_id)})
    by, owner = people[batch.by_id], people.get(given.get("owner_id"))
    disposition = given.get("disposition")
    return Terms(
        verb=BulkVerb(batch.verb),
        reach=reach_of(by),
        owner_id=given.get("owner_id"),
        owner=reach_of(owner or User(is_active=False)) if "owner_id" in given else None,
        queue_id=given.get("queue_id"),
        disposition=Disposition(disposition) if disposition else None,
        dispositions={each.key: tuple(each.dispositions) for each in CASE_TYPES},
        labelled=bulk_labels.queues_of(bulk_labels.label_of(batch)),
        by_id=by.pk,
        given=given_in_order(by) if batch.verb == BulkVerb.ASSIGN else frozenset(),
        until=datetime.fromisoformat(given["until"]) if "until" in given else None,
    )


def step(*, job: Job, at: datetime) -> Progress:
    """The next chunk of a batch: done, or undone, as the batch says."""
    batch = services.lock(Batch.objects.get(pk=job.parameters["batch"]))
    rows = chunk(batch, after=job.state.get("after", 0), limit=CHUNK, at=at)
    failed = sum(each.outcome in {RowOutcome.SKIPPED, RowOutcome.KEPT} for each in rows)
    is_finished = len(rows) < CHUNK
    return Progress(
        done=job.total - job.done if is_finished else len(rows),
        failed=failed,
        state={"after": rows[-1].row_id if rows else 0},
        is_finished=is_finished,
        result={
            "url_name": "cases:batch",
            "public_id": str(batch.public_id),
            "label": "See what became of each case",
        }
        if is_finished
        else {},
    )


def ended(job: Job) -> None:
    """The batch ends with its job; one that was stopped keeps what was done."""
    batch = services.lock(Batch.objects.get(pk=job.parameters["batch"]))
    stopped = BatchStatus.STOPPED
    status = ENDS[BatchStatus(batch.status)] if job.status == JobStatus.DONE else stopped
    assert job.ended_at is not None
    services.end(batch, status, at=job.ended_at)
    of_job(job)


JOB = JobKind(KIND, "Many cases at once", step, ended)


@transaction.atomic
def chunk(batch: Batch, *, after: int, limit: int, at: datetime) -> list[Made]:
    """Do or undo the next rows of a batch; returns what became of each."""
    if batch.status == BatchStatus.UNDOING:
        rows = services.waiting(batch, after=after, limit=limit, outcome=RowOutcome.DONE)
        made = undone(batch, rows, at=at)
    else:
        rows = services.waiting(batch, after=after, limit=limit, outcome=RowOutcome.WAITING)
        made = done(batch, rows, at=at)
    services.settle(made)
    return sorted(made, key=lambda each: each.row_id)


def locked(rows: Sequence[BatchRow]) -> dict[int, Case]:
    """The cases of some rows, locked in the order of their keys."""
    ids = any_id(row.case_id for row in rows)
    found = Case.objects.select_for_update(of=("self",)).filter(pk=ids).order_by("pk")
    return {case.pk: case for case in found}


def done(batch: Batch, rows: Sequence[BatchRow], *, at: datetime) -> list[Made]:
    """Judge each case as it stands, and do it to those that nothing speaks against."""
    cases = locked(rows)
    why_not, busy = judge_of(batch), busy_of(cases, but=batch.by_id)
    left: list[Made] = []
    wanted: list[BatchRow] = []
    for row in rows:
        case = cases[row.case_id]
        values = [getattr(case, column) for column in COLUMNS]
        why = why_not(standing_of(values, is_busy=case.pk in busy), row.seen_version)
        if why is Why.NONE:
            wanted.append(row)
        else:
            left.append(Made(row.pk, RowOutcome.SKIPPED, why))
    if batch.verb == BulkVerb.COMMENT:
        return left + [said(batch, row, cases[row.case_id]) for row in wanted]
    if batch.verb == BulkVerb.LABEL:
        return left + bulk_labels.put_on(batch, wanted, cases)
    verb = MOVES[BulkVerb(batch.verb)]
    orders = changes_of(batch, [cases[row.case_id] for row in wanted], at=at)
    moves = [
        (row, Wanted(row.case_id, batch.reason, orders[row.case_id], row.seen_version))
        for row in wanted
    ]
    stood = {pk: case.queue_id for pk, case in cases.items()}
    return left + moved(
        moves, Movement(verb, batch.by, at, RowOutcome.DONE, RowOutcome.SKIPPED, stood)
    )


def said(batch: Batch, row: BatchRow, case: Case) -> Made:
    """A comment on one case."""
    try:
        with transaction.atomic():
            note(case=case, by=batch.by, text=batch.reason)
    except DomainError as refusal:
        return Made(row.pk, RowOutcome.SKIPPED, Why.RULE, words=str(refusal))
    return Made(row.pk, RowOutcome.DONE, version=case.version)


def changes_of(batch: Batch, cases: Sequence[Case], *, at: datetime) -> dict[int, dict[str, Any]]:
    """The columns that a verb gives each case; due times are asked once per queue and site."""
    given = batch.arguments
    if batch.verb == BulkVerb.TRANSFER:
        queue_id = given["queue_id"]
        places = {case.pk: Place(queue_id, case.facility_id) for case in cases}
        due = due_times(places=sorted(set(places.values())), at=at)
        return {pk: {"queue_id": queue_id, **due[place]._asdict()} for pk, place in places.items()}
    if batch.verb == BulkVerb.DEFER:
        given = {"deferred_until": datetime.fromisoformat(given["until"])}
    return {case.pk: dict(given) for case in cases}


def undone(batch: Batch, rows: Sequence[BatchRow], *, at: datetime) -> list[Made]:
    """Restore what the batch changed, where its own move is still the last one."""
    if batch.verb == BulkVerb.LABEL:
        return bulk_labels.take_off(batch, rows, locked(rows))
    last = last_moves(row.case_id for row in rows)
    moves = []
    left = []
    for row in rows:
        move = last.get(row.case_id)
        if move is None or (move.version, move.by_id) != (row.made_version, batch.by_id):
            left.append(Made(row.pk, RowOutcome.KEPT, Why.TOUCHED))
        else:
            reason = f"Undone: “{move.verb.label}”, with {batch.cases:,} others."
            moves.append((row, Wanted(row.case_id, reason, move.restores, row.made_version)))
    return left + moved(
        moves, Movement(Verb.UNDO, batch.by, at, RowOutcome.UNDONE, RowOutcome.KEPT)
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """One verb, by whom and when, and what rows become that it moved or that refused.

    `stood` says in which queue each case stood.
    """

    verb: Verb
    by: User
    at: datetime
    outcome: RowOutcome
    otherwise: RowOutcome
    stood: Mapping[int, int] = field(default_factory=dict)


def moved(moves: Sequence[tuple[BatchRow, Wanted]], movement: Movement) -> list[Made]:
    """Do the moves as one set; case by case when the set is refused."""
    if not moves:
        return []
    try:
        with transaction.atomic():
            return as_a_set(moves, movement)
    except DomainError:
        return [one(row, wanted, movement) for row, wanted in moves]


def as_a_set(moves: Sequence[tuple[BatchRow, Wanted]], movement: Movement) -> list[Made]:
    """All or none; that they were not their queue's is counted. Raises what a move raises."""
    cases = moving.move_many(
        wanted=[wanted for _row, wanted in moves],
        verb=movement.verb,
        by=movement.by,
        at=movement.at,
    )
    if movement.verb is Verb.RESOLVE:
        require_reviewed(cases)
    if movement.verb is Verb.TRANSFER:
        misrouted_many(
            cases=cases,
            stood=movement.stood,
            cause=NotOurs.OTHER,
            by=movement.by,
            at=movement.at,
        )
    versions = {case.pk: case.version for case in cases}
    return [
        Made(row.pk, movement.outcome, version=versions.get(row.case_id)) for row, _want in moves
    ]


def one(row: BatchRow, wanted: Wanted, movement: Movement) -> Made:
    """One of them by itself, with why it is refused."""
    try:
        with transaction.atomic():
            return as_a_set([(row, wanted)], movement)[0]
    except DomainError as refusal:
        return Made(row.pk, movement.otherwise, Why.RULE, words=str(refusal))
