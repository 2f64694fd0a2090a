"""Long work at the JSON door."""

import pytest

from cases.jobs.models import Job, JobStatus
from tests.factories.jobs import JobFactory

JOBS = "/api/v1/jobs/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(house):
    return house.person("denial_specialist")


@pytest.fixture
def client(house, caller):
    return house.client(caller)


def test_a_caller_follows_their_own_jobs_and_no_others(client, caller):
    mine = JobFactory(started_by=caller)
    foreign = JobFactory()

    listed = client.get(JOBS).json()["results"]
    one = client.get(f"{JOBS}{mine.public_id}/").json()

    assert [each["id"] for each in listed] == [str(mine.public_id)]
    assert (one["status"], one["total"], one["done"], one["problems"]) == ("waiting", 30, 0, [])
    assert client.get(f"{JOBS}{foreign.public_id}/").status_code == 404


def test_a_job_is_cancelled_once(client, caller):
    job = JobFactory(started_by=caller)

    answers = [client.post(f"{JOBS}{job.public_id}/cancel/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert (answers[0].json()["status"], answers[1].json()["code"]) == ("cancelled", "job_ended")


def test_a_strangers_job_goes_on(client):
    foreign = JobFactory()

    assert client.post(f"{JOBS}{foreign.public_id}/cancel/").status_code == 404
    assert Job.objects.get(pk=foreign.pk).status == JobStatus.WAITING
