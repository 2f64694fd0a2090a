"""Long work, and a kind of it that tests can steer."""

from datetime import datetime

import factory

from cases.jobs.kinds import JOBS, JobKind, Progress
from cases.jobs.models import Job
from tests.factories.base import Made
from tests.factories.people import PersonFactory

COUNTING = "tests.count"
CHUNK = 10


def count(*, job: Job, at: datetime) -> Progress:
    """Count on from where the last step ended, ten at a time."""
    reached = min(job.state.get("reached", 0) + CHUNK, job.total)
    done = reached - job.state.get("reached", 0)
    return Progress(done=done, state={"reached": reached}, is_finished=reached == job.total)


JOBS.register(JobKind(COUNTING, "Count", count))


class JobFactory(Made):
    """Somebody has something counted."""

    class Meta:
        model = Job

    kind = COUNTING
    title = "Count to thirty"
    total = 30
    started_by = factory.SubFactory(PersonFactory)
