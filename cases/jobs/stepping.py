"""Doing long work: one step of one job at a time, under a lease with a fencing token.

A step's effect and the row that says so are one transaction, which holds the job's row locked; so
the lease may be short, and what a killed worker left is taken up seconds later. Attempts are
counted when a lease is taken and forgotten when a step succeeds.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from billing_portal.kernel.pure.errors import DomainError
from cases.jobs.kinds import JOBS, Progress
from cases.jobs.models import Job, JobStatus

log = logging.getLogger(__name__)

LEASE = 15  # seconds
RETRY = 10
ATTEMPTS = 5
ERRORS = 100  # of a job are kept

TAKE = """
UPDATE cases_job
SET status = 'running', attempts = attempts + 1, lease_token = gen_random_uuid(),
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
    begun_at = coalesce(begun_at, clock_timestamp())
WHERE id = (
    SELECT id FROM cases_job
    WHERE status IN ('waiting', 'running') AND attempts < %(attempts)s
      AND (lease_until IS NULL OR lease_until < clock_timestamp())
    ORDER BY stepped_at NULLS FIRST, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, lease_token, attempts
"""
HOLD = """
UPDATE cases_job SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = %(job)s AND lease_token = %(token)s AND status = 'running'
"""
STEPPED = """
UPDATE cases_job SET stepped_at = clock_timestamp() WHERE id = %(job)s
"""
GIVE_BACK = """
UPDATE cases_job
SET lease_until = clock_timestamp() + make_interval(secs => %(wait)s),
    errors = CASE WHEN errors @> jsonb_build_array(%(error)s::text) THEN errors
                  ELSE errors || jsonb_build_array(%(error)s::text) END
WHERE id = %(job)s AND lease_token = %(token)s AND status = 'running'
"""
SPENT = """
SELECT id FROM cases_job
WHERE status = 'running' AND attempts >= %(attempts)s AND lease_until < clock_timestamp()
ORDER BY id FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one step of a job; `token` fences late writers off."""

    job_id: int
    token: UUID
    attempts: int


def work_next(*, at: datetime) -> Job | None:
    """Do one step of the job that waited longest for one; None when none waits.

    A step that fails is undone, named in the job's errors and tried again, later each time; the
    job's others are not harmed. Never raises what a step raises.
    """
    lease = take()
    if lease is None:
        return None
    try:
        return step(lease, at=at)
    except Exception as failure:  # noqa: BLE001 -- one job must not stop the others
        said = str(failure) if isinstance(failure, DomainError) else type(failure).__name__
        log.error("a step of job %s failed: %s", lease.job_id, type(failure).__name__)  # noqa: TRY400 -- a traceback could hold what a case says
        give_back(lease, error=said)
        return Job.objects.get(pk=lease.job_id)


@transaction.atomic
def take() -> Lease | None:
    """Lease the job whose turn it is; None when none waits, or others are at them all."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"lease": LEASE, "attempts": ATTEMPTS})
        row = cursor.fetchone()
    return Lease(*row) if row else None


@transaction.atomic
def step(lease: Lease, *, at: datetime) -> Job:
    """One step and its trace. A job that was stopped or taken over meanwhile is left alone."""
    if _execute(HOLD, lease) != 1:
        return Job.objects.get(pk=lease.job_id)
    job = Job.objects.select_related("started_by").get(pk=lease.job_id)
    kind = JOBS.get(job.kind)
    made = kind.step(job=job, at=at)
    note(job, made, at=at)
    _execute(STEPPED, lease)
    if job.is_finished:
        kind.ended(job)
    return job


def note(job: Job, made: Progress, *, at: datetime) -> None:
    """Keep what a step came to; the job may be leased again, or has ended."""
    job.done += made.done
    job.failed += made.failed
    job.state = dict(made.state)
    job.errors = [*job.errors, *made.errors][:ERRORS]
    job.attempts, job.lease_token, job.lease_until = 0, None, None
    if made.is_finished:
        job.status, job.ended_at, job.result = JobStatus.DONE, at, dict(made.result)
    job.save()


@transaction.atomic
def give_back(lease: Lease, *, error: str) -> None:
    """Let a job wait after a failed step, longer after each; a lost lease is left alone."""
    _execute(GIVE_BACK, lease, error=error, wait=RETRY * lease.attempts)


@transaction.atomic
def give_up() -> int:
    """End the jobs whose every attempt at a step failed or killed its worker; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(SPENT, {"attempts": ATTEMPTS})
        spent = [row[0] for row in cursor.fetchall()]
    for job in Job.objects.filter(pk__in=spent).order_by("pk"):
        job.status, job.ended_at = JobStatus.FAILED, job.lease_until
        job.lease_token = job.lease_until = None
        job.errors = job.errors or ["Its worker died each time."]
        job.save()
        JOBS.get(job.kind).ended(job)
    return len(spent)


def _execute(statement: str, lease: Lease, **more: str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"job": lease.job_id, "token": lease.token, "lease": LEASE, **more},
        )
        return int(cursor.rowcount)
