import pytest

from cases.actions.stopping import stop
from cases.jobs.models import JobStatus
from cases.jobs.services import JobNotFound
from tests.factories.cases import OPENED
from tests.factories.jobs import JobFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def test_a_job_is_stopped_by_who_started_it_and_by_nobody_else():
    job = JobFactory()

    with pytest.raises(JobNotFound):
        stop(job=job, by=PersonFactory(), at=OPENED)
    assert stop(job=job, by=job.started_by, at=OPENED).status == JobStatus.CANCELLED
