from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.bulk import queries
from cases.bulk.models import RowOutcome, Why
from tests.factories.bulk import BatchFactory, BatchRowFactory
from tests.factories.cases import CaseFactory, LeaseFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 25])
def test_a_preview_costs_two_queries_at_any_length(rows, django_assert_num_queries):
    batch = BatchFactory()
    BatchRowFactory.create_batch(rows, batch=batch)

    with django_assert_num_queries(2):
        found = queries.preview(batch, lambda _standing, _seen: Why.NONE)

    assert (found.cases, found.amount) == (rows, rows * Decimal(100))
    assert len(found.samples) == min(rows, queries.SAMPLES)


def test_a_preview_counts_what_is_left_by_reason():
    batch = BatchFactory()
    busy = BatchRowFactory(batch=batch).case
    BatchRowFactory(batch=batch)
    LeaseFactory(case=busy, until=timezone.now() + timedelta(hours=1))

    found = queries.preview(
        batch, lambda standing, _seen: Why.BUSY if standing.is_busy else Why.NONE
    )

    assert (found.cases, found.skipped) == (1, {Why.BUSY: 1})


def test_ones_own_lease_and_one_that_ended_are_nobody_elses():
    mine, over = CaseFactory(), CaseFactory()
    lease = LeaseFactory(case=mine, until=timezone.now() + timedelta(hours=1))
    LeaseFactory(case=over, until=timezone.now() - timedelta(hours=1))

    assert queries.busy_of([mine.pk, over.pk], but=lease.holder_id) == frozenset()


def test_what_became_of_the_cases_is_counted():
    batch = BatchFactory()
    BatchRowFactory.create_batch(2, batch=batch, outcome=RowOutcome.DONE)
    BatchRowFactory(batch=batch, outcome=RowOutcome.SKIPPED, why=Why.STALE)

    assert [(each.outcome, each.why, each.cases) for each in queries.results(batch)] == [
        (RowOutcome.DONE, Why.NONE, 2),
        (RowOutcome.SKIPPED, Why.STALE, 1),
    ]
    assert [row.reference for row in queries.rows_of(batch)] == [
        row.case.reference for row in batch.rows.order_by("pk")
    ]
