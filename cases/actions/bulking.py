"""One thing done to many cases: select and freeze, preview, do, undo.

What was selected is frozen with the versions seen. Up to AT_ONCE cases are done in the request,
more as a job, in chunks; `bulk_steps` does a chunk. Undoing takes back what was done to the cases
that nobody changed since, each by an inverse move of its own, and says why it leaves the others.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from billing_portal.accounts.models import User
from cases.actions import bulk_labels, bulk_steps
from cases.bulk import queries, services
from cases.bulk.models import Batch, BatchStatus, BulkVerb
from cases.bulk.queries import Preview
from cases.bulk.services import BatchRefused
from cases.jobs.services import start as start_job
from cases.work.models import Case
from cases.work.services import ReasonMissing

AT_ONCE = 200


def freeze(
    *,
    cases: QuerySet[Case],
    query: str,
    verb: BulkVerb,
    arguments: Mapping[str, Any],
    reason: str,
    by: User,
    at: datetime,
) -> Batch:
    """Keep a selection as it stands, for a preview; changes no case.

    `cases` come from `Case.objects.visible_to(by)`; `arguments` hold what the verb takes, by key.
    Raises SelectionRefused, ReasonMissing, and ArgumentRefused when a verb lacks what it takes.
    """
    if not reason.strip():
        raise ReasonMissing("Say why: every change of a case has a reason.")
    bulk_steps.check_arguments(verb, arguments, at=at)
    return services.freeze(
        cases=cases, query=query, verb=verb, arguments=arguments, reason=reason.strip(), by=by
    )


def preview(*, batch: Batch) -> Preview:
    """What a batch would do to its cases as they stand now. Changes nothing."""
    return queries.preview(batch, bulk_steps.judge_of(batch), bulk_labels.so_already(batch))


@transaction.atomic
def start(*, batch: Batch, by: User, at: datetime) -> Batch:
    """Do what was previewed, once; a batch that was started is returned as it stands.

    Every case is judged again: by permission, state, and the version that was seen. Locks the
    batch. Raises BatchRefused for somebody else's.
    """
    locked = _own(batch, by=by)
    if locked.status != BatchStatus.DRAFT:
        return locked
    return _do(locked, BatchStatus.RUNNING, at=at)


@transaction.atomic
def undo(*, batch: Batch, by: User, at: datetime) -> Batch:
    """Take back what a batch did to the cases that nobody changed since; the others keep it.

    Locks the batch. Raises BatchRefused when it is not done, undone already, or cannot be undone.
    """
    locked = _own(batch, by=by)
    if locked.status in {BatchStatus.UNDOING, BatchStatus.UNDONE}:
        return locked
    if not locked.can_be_undone:
        raise BatchRefused(why_not(locked))
    return _do(locked, BatchStatus.UNDOING, at=at)


def why_not(batch: Batch) -> str:
    """Why a batch cannot be undone, in a sentence."""
    if batch.verb == BulkVerb.COMMENT:
        return "Nothing here can be undone: comments are facts and stay."
    return f"“{batch}” is not done yet. Wait for it, or stop it; then undo it."


def _own(batch: Batch, *, by: User) -> Batch:
    locked = services.lock(batch)
    if locked.by_id != by.pk:
        raise BatchRefused("Only who made this selection can go on with it.")
    return locked


def _do(batch: Batch, status: BatchStatus, *, at: datetime) -> Batch:
    """At once when there are few, else by a job."""
    if batch.cases > AT_ONCE:
        job = start_job(
            kind=bulk_steps.KIND,
            parameters={"batch": batch.pk},
            total=batch.cases,
            by=batch.by,
            title=bulk_steps.title_of(batch, status),
        )
        services.mark(batch, status, job_id=job.pk)
        return batch
    services.mark(batch, status)
    bulk_steps.chunk(batch, after=0, limit=AT_ONCE, at=at)
    services.end(batch, bulk_steps.ENDS[status], at=at)
    return batch
