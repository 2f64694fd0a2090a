from datetime import UTC, datetime

import pytest

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.pure.registry import NotInstalled
from cases.jobs import services, tasks
from cases.jobs.models import Job, JobStatus
from tests.factories.cases import QueueFactory
from tests.factories.jobs import COUNTING, JobFactory
from tests.factories.people import PersonFactory, granted

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_job_is_started_once_and_on_record():
    person = PersonFactory()

    job = services.start(kind=COUNTING, parameters={"of": "cases"}, total=7, by=person)

    assert (job.status, job.title, job.total, job.done) == (JobStatus.WAITING, "Count", 7, 0)
    event = AuditEvent.objects.get(verb="job.started")
    assert (event.chain, event.subject) == (f"user:{person.pk}", f"job:{job.public_id}")


def test_a_worker_is_rung_for_when_the_job_is_committed(
    monkeypatch, django_capture_on_commit_callbacks
):
    rung = []
    monkeypatch.setattr(tasks.work_jobs, "delay", lambda: rung.append(True))

    with django_capture_on_commit_callbacks(execute=True):
        services.start(kind=COUNTING, parameters={}, total=7, by=PersonFactory())
        assert not rung

    assert rung == [True]


def test_nothing_is_started_that_nobody_can_do():
    with pytest.raises(NotInstalled):
        services.start(kind="conjure", parameters={}, total=7, by=PersonFactory())

    assert not Job.objects.exists()


def test_a_stopped_job_stays_where_it_was():
    job = JobFactory()
    services.work_next(at=NOW)

    stopped = services.cancel(job=job, by=job.started_by, at=NOW)

    assert (stopped.status, stopped.done, stopped.ended_by) == (
        JobStatus.CANCELLED,
        10,
        job.started_by,
    )
    assert services.work_next(at=NOW) is None
    assert Job.objects.get(pk=job.pk).done == 10


def test_what_has_ended_cannot_be_stopped():
    job = JobFactory(status=JobStatus.DONE, ended_at=NOW)

    with pytest.raises(services.JobEnded):
        services.cancel(job=job, by=job.started_by, at=NOW)


def test_a_strangers_job_is_not_there_and_goes_on():
    job = JobFactory()

    with pytest.raises(services.JobNotFound):
        services.cancel(job=job, by=PersonFactory(), at=NOW)

    assert Job.objects.get(pk=job.pk).status == JobStatus.WAITING


def test_a_job_is_seen_by_its_starter_and_by_who_leads_them():
    queue, other = QueueFactory(), QueueFactory()
    worker = granted(queues=[queue])
    lead, stranger = leading(queue), leading(other)
    job = JobFactory(started_by=worker)

    assert list(Job.objects.visible_to(worker)) == [job]
    assert list(Job.objects.visible_to(lead)) == [job]
    assert not Job.objects.visible_to(stranger)
    assert not Job.objects.visible_to(granted(queues=[queue]))


def leading(queue):
    """Somebody who leads a queue."""
    return granted(queues=[queue], leads=True)
