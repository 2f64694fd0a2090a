"""A job as its page shows it: how far, how fast, until when, what went wrong."""

from dataclasses import dataclass

from django.urls import reverse

from billing_portal.kernel.pure.wording import two_units
from cases.jobs.models import Job, JobStatus
from cases.jobs.rules import pace_of, percent
from cases.web.presenters import shown_time

TONES = {
    JobStatus.WAITING: "info",
    JobStatus.RUNNING: "info",
    JobStatus.DONE: "good",
    JobStatus.CANCELLED: "warn",
    JobStatus.FAILED: "bad",
}
SHOWN_ERRORS = 20


@dataclass(frozen=True, slots=True)
class JobShown:
    """One job in words."""

    title: str
    url: str
    cancel_url: str
    status: str
    tone: str
    is_pending: bool
    done: int
    total: int
    percent: int
    words: str
    numbers: list[tuple[str, str]]
    errors: list[str]
    more_errors: int
    result_url: str
    result_label: str


def shown(job: Job) -> JobShown:
    """A job as it stands."""
    status = JobStatus(job.status)
    result = job.result
    return JobShown(
        title=job.title,
        url=reverse("cases:job", args=[job.public_id]),
        cancel_url=reverse("cases:job_stop", args=[job.public_id]),
        status=status.label,
        tone=TONES[status],
        is_pending=not job.is_finished,
        done=job.done,
        total=max(job.total, 1),
        percent=percent(done=job.done, total=job.total),
        words=f"{job.done:,} of {job.total:,}",
        numbers=numbers_of(job),
        errors=job.errors[:SHOWN_ERRORS],
        more_errors=max(len(job.errors) - SHOWN_ERRORS, 0),
        result_url=reverse(result["url_name"], args=[result["public_id"]]) if result else "",
        result_label=result.get("label", ""),
    )


def numbers_of(job: Job) -> list[tuple[str, str]]:
    """Done, not done, pace, time left, when it began and ended."""
    numbers = [("Done", f"{job.done:,} of {job.total:,}"), ("Not done", f"{job.failed:,}")]
    if job.begun_at is not None and job.stepped_at is not None:
        pace = pace_of(
            done=job.done, total=job.total, begun_at=job.begun_at, stepped_at=job.stepped_at
        )
        if pace is not None:
            numbers.append(("Pace", f"{pace.per_minute:,} a minute"))
            if pace.left is not None and not job.is_finished:
                left = two_units(pace.left) if pace.left.total_seconds() >= 60 else "under a minute"
                numbers.append(("Time left", left))
    numbers.append(("Started", shown_time(job.created_at)))
    if job.ended_at is not None:
        numbers.append(("Ended", shown_time(job.ended_at)))
    return numbers
