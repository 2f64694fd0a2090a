"""Steps: leased, fenced, undone when they fail, taken up after a kill, in turn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing_portal.kernel.pure.errors import DomainError
from cases.jobs import services, stepping, tasks
from cases.jobs.kinds import JOBS, Progress
from cases.jobs.models import Job, JobStatus
from tests.factories.jobs import COUNTING, JobFactory
from tests.factories.people import PersonFactory

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG_AGO = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def step_with(monkeypatch, step, **more):
    """Let the counting kind do something else."""
    kind = replace(JOBS.get(COUNTING), step=step, **more)
    monkeypatch.setitem(JOBS._held, COUNTING, kind)


def expire(job):
    """Let a lease run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - LONG_AGO)


def test_a_job_is_done_step_by_step_to_its_end():
    job = JobFactory(total=25)

    done = [services.work_next(at=NOW).done for _ in range(3)]

    assert done == [10, 20, 25]
    job.refresh_from_db()
    assert (job.status, job.ended_at, job.state) == (JobStatus.DONE, NOW, {"reached": 25})
    assert job.begun_at <= job.stepped_at
    assert services.work_next(at=NOW) is None


def test_jobs_take_turns():
    first, second = JobFactory(), JobFactory()

    stepped = [services.work_next(at=NOW).pk for _ in range(4)]

    assert stepped == [first.pk, second.pk, first.pk, second.pk]


def test_the_task_does_all_that_waits_however_often_it_rings():
    jobs = [JobFactory(), JobFactory(total=5)]

    for _ in range(3):
        tasks.work_jobs(sent_by="a newer caller")

    assert [Job.objects.get(pk=job.pk).done for job in jobs] == [30, 5]


def test_a_failed_step_leaves_nothing_and_is_tried_again(monkeypatch):
    def fail(*, job, at):
        PersonFactory(username="half-done")
        message = "The queue is closed."
        raise DomainError(message)

    job = JobFactory()
    step_with(monkeypatch, fail)

    services.work_next(at=NOW)

    job.refresh_from_db()
    assert (job.status, job.done, job.errors) == (JobStatus.RUNNING, 0, ["The queue is closed."])
    assert not type(job.started_by).objects.filter(username="half-done").exists()
    assert services.work_next(at=NOW) is None, "it waits"
    monkeypatch.undo()
    expire(job)
    assert services.work_next(at=NOW).done == 10


def test_a_failure_that_nobody_foresaw_is_named_by_its_kind_alone(monkeypatch):
    def fail(*, job, at):
        raise ValueError("Jane Doe, 1980-05-17")

    job = JobFactory()
    step_with(monkeypatch, fail)

    services.work_next(at=NOW)

    assert Job.objects.get(pk=job.pk).errors == ["ValueError"]


def test_a_job_that_fails_every_time_is_given_up_and_its_end_is_told(monkeypatch):
    def fail(*, job, at):
        raise ValueError

    ended = []
    job = JobFactory()
    step_with(monkeypatch, fail, ended=ended.append)

    for _ in range(stepping.ATTEMPTS):
        services.work_next(at=NOW)
        expire(job)
    assert services.work_next(at=NOW) is None
    assert services.give_up() == 1
    assert services.give_up() == 0

    job.refresh_from_db()
    assert (job.status, job.lease_token, ended) == (JobStatus.FAILED, None, [job])


def test_a_worker_that_wakes_up_late_changes_nothing():
    job = JobFactory()
    late = stepping.take()
    expire(job)
    services.work_next(at=NOW)

    stepping.step(late, at=NOW)

    assert Job.objects.get(pk=job.pk).done == 10


def test_what_a_killed_worker_left_is_taken_up_when_its_lease_ends():
    job = JobFactory()
    stepping.take()

    assert services.work_next(at=NOW) is None
    expire(job)
    assert services.work_next(at=NOW).done == 10


def test_errors_so_far_are_kept_but_not_without_end(monkeypatch):
    def complain(*, job, at):
        return Progress(done=5, failed=5, errors=["No."] * 60)

    job = JobFactory()
    step_with(monkeypatch, complain)

    for _ in range(3):
        services.work_next(at=NOW)

    job.refresh_from_db()
    assert (job.done, job.failed, len(job.errors)) == (15, 15, stepping.ERRORS)


@pytest.mark.django_db(transaction=True)
def test_a_step_is_committed_before_the_next_begins():
    JobFactory()

    services.work_next(at=NOW)

    assert not connection.in_atomic_block
    connection.close()
    assert Job.objects.get().done == 10
