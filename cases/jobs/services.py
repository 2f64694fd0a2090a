"""The only writers of jobs: starting long work, stopping it; `stepping` does it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.pure.errors import DomainError
from cases.jobs.kinds import JOBS
from cases.jobs.models import Job, JobStatus
from cases.jobs.stepping import give_up, work_next
from cases.jobs.tasks import work_jobs

__all__ = ["JobEnded", "JobNotFound", "cancel", "forget", "give_up", "start", "work_next"]


class JobNotFound(DomainError):
    """There is no such job for this person (HTTP 404)."""

    code = "job_not_found"


class JobEnded(DomainError):
    """The job has ended already; nothing is left to stop."""

    code = "job_ended"


@transaction.atomic
def start(
    *, kind: str, parameters: Mapping[str, Any], total: int, by: User, title: str = ""
) -> Job:
    """Begin long work: its row now, its steps by whichever worker is free, rung for on commit.

    `parameters` hold keys, never patient data. Raises NotInstalled for an unknown kind.
    """
    known = JOBS.get(kind)
    job = Job.objects.create(
        kind=known.key,
        title=title or known.label,
        parameters=dict(parameters),
        total=total,
        started_by=by,
        correlation_id=current_id(),
    )
    job.refresh_from_db()
    record(job, "job.started", by=by, reason=job.title)
    transaction.on_commit(ring)
    return job


@transaction.atomic
def cancel(*, job: Job, by: User, at: datetime) -> Job:
    """Stop a job after the step it is at; what is done stays done.

    Locks the job, which waits for that step. Raises JobNotFound, JobEnded.
    """
    locked = Job.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=job.pk).first()
    if locked is None:
        message = "There is no such job."
        raise JobNotFound(message)
    if locked.is_finished:
        message = f"“{locked}” has ended already: {JobStatus(locked.status).label.lower()}."
        raise JobEnded(message)
    locked.status, locked.ended_at, locked.ended_by = JobStatus.CANCELLED, at, by
    locked.lease_token = locked.lease_until = None
    locked.save(update_fields=["status", "ended_at", "ended_by", "lease_token", "lease_until"])
    record(locked, "job.cancelled", by=by, reason="Stopped")
    JOBS.get(locked.kind).ended(locked)
    return locked


@transaction.atomic
def forget(*, job: Job) -> None:
    """Keep of an ended job no longer where it stood. The caller holds it locked."""
    job.state = {}
    job.save(update_fields=["state"])


def record(job: Job, verb: str, *, by: User, reason: str) -> None:
    """Note what became of a job, in its starter's chain."""
    audit.record(
        chain=f"user:{job.started_by_id}",
        verb=verb,
        subject=f"job:{job.public_id}",
        by=by,
        reason=reason,
        done=job.done,
        total=job.total,
    )


def ring() -> None:
    """Wake a worker. Without a broker the next sweep finds the job."""
    with suppress(OperationalError):
        work_jobs.delay()
