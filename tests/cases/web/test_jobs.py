"""The pages of long work: who sees which, how it is followed and stopped."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.jobs import services
from cases.jobs.models import Job, JobStatus
from tests.factories.jobs import JobFactory
from tests.pages import text_of

pytestmark = pytest.mark.django_db

LIST = reverse("cases:jobs")


@pytest.fixture
def job(specialist):
    return JobFactory(started_by=specialist)


def address(job, name="job"):
    return reverse(f"cases:{name}", args=[job.public_id])


def test_a_running_job_tells_how_far_it_is_and_asks_again(reader, job):
    services.work_next(at=timezone.now())

    page = reader.get(address(job))

    assert "10 of 30" in text_of(page)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    assert 'class="no-js"' in page.content.decode()


def test_the_polling_ends_with_the_job(reader, job):
    for _ in range(3):
        services.work_next(at=timezone.now())

    answer = reader.get(address(job), headers={"HX-Request": "true", "HX-Target": "progress"})

    assert answer.status_code == 286
    assert "hx-trigger" not in answer.content.decode()
    assert "Done" in text_of(answer)


def test_a_job_is_stopped_once(reader, job):
    services.work_next(at=timezone.now())

    sent = [reader.post(address(job, "job_stop"), {"key": "k"}) for _ in range(2)]

    assert [each.status_code for each in sent] == [302, 302]
    assert "is stopped" in text_of(reader.get(address(job)))
    assert Job.objects.get(pk=job.pk).status == JobStatus.CANCELLED


def test_stopping_what_has_ended_says_so(reader, job):
    Job.objects.filter(pk=job.pk).update(status=JobStatus.DONE, ended_at=timezone.now())

    answer = reader.post(address(job, "job_stop"), follow=True)

    assert "has ended already" in text_of(answer)


def test_somebody_elses_job_does_not_exist(reader, specialist):
    foreign = JobFactory(title="Zyxcanary")

    assert reader.get(address(foreign)).status_code == 404
    assert reader.post(address(foreign, "job_stop")).status_code == 404
    assert "Zyxcanary" not in text_of(reader.get(LIST))
    assert Job.objects.get(pk=foreign.pk).status == JobStatus.WAITING


def test_nothing_yet_is_said(reader):
    assert "No long work yet" in text_of(reader.get(LIST))


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_at_any_length(reader, specialist, rows):
    JobFactory.create_batch(rows, started_by=specialist)
    reader.get(LIST)

    with CaptureQueriesContext(connection) as queries:
        reader.get(LIST)

    assert len(queries) == 8
