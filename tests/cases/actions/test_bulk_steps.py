"""A chunk of a batch: its cost, its progress, and a refusal that is one case's alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import bulk_steps, bulking, working
from cases.bulk.models import BatchRow, BatchStatus, BulkVerb, RowOutcome, Why
from cases.jobs import services as jobs
from cases.jobs.models import Job
from tests.cases.actions.test_bulking import NOW, cases, frozen, lead, queue, site, start
from tests.factories.cases import CaseFactory

__all__ = ["lead", "queue", "site"]  # fixtures

pytestmark = pytest.mark.django_db


def test_a_rule_that_refuses_one_costs_the_others_nothing(queue, site, lead, monkeypatch):
    one, two = CaseFactory.create_batch(2, queue=queue, facility=site)
    whole = bulk_steps.moving.move_many

    def picky(*, wanted, **rest):
        if any(each.case_id == one.pk for each in wanted):
            raise working.QueueRefused("Not this one.")
        return whole(wanted=wanted, **rest)

    monkeypatch.setattr(bulk_steps.moving, "move_many", picky)
    batch = start(frozen(lead))

    rows = list(BatchRow.objects.order_by("pk").values_list("case", "outcome", "why", "words"))
    assert rows == [
        (one.pk, RowOutcome.SKIPPED, Why.RULE, "Not this one."),
        (two.pk, RowOutcome.DONE, "", ""),
    ]
    assert batch.status == BatchStatus.DONE


def test_a_chunk_costs_the_same_queries_at_any_length(queue, site, lead):
    counted = []
    for number in (5, 50):
        cases(queue, site, number)
        batch = frozen(lead, BulkVerb.WAIT_INFO)
        with CaptureQueriesContext(connection) as queries:
            start(batch)
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_a_job_tells_its_progress(queue, site, lead, monkeypatch):
    monkeypatch.setattr(bulk_steps, "CHUNK", 100)
    monkeypatch.setattr(bulking, "AT_ONCE", 100)
    cases(queue, site, 250)
    start(frozen(lead))

    done = [jobs.work_next(at=NOW).done for _ in range(3)]

    assert done == [100, 200, 250]
    assert Job.objects.get().result["url_name"] == "cases:batch"
