import pytest

from cases.bulk import services
from cases.bulk.models import BatchRow, BatchStatus, BulkVerb, RowOutcome, Why
from cases.work.models import Case
from tests.factories.bulk import BatchFactory, BatchRowFactory
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import PersonFactory, granted

pytestmark = pytest.mark.django_db


def freeze(by, cases):
    return services.freeze(
        cases=cases,
        query="/queues/all/",
        verb=BulkVerb.RELEASE,
        arguments={},
        reason="Over",
        by=by,
    )


def test_a_selection_is_kept_with_versions_number_value_and_sight():
    case = CaseFactory(version=4)
    CaseFactory()
    by = granted(queues=[case.queue], facilities=[case.facility])

    batch = freeze(by, Case.objects.visible_to(by))

    assert (batch.cases, batch.amount, batch.status) == (1, case.amount_at_risk, BatchStatus.DRAFT)
    assert batch.scope == {"queues": [case.queue_id], "facilities": [case.facility_id]}
    row = BatchRow.objects.get(batch=batch)
    assert (row.case, row.seen_version, row.outcome) == (case, 4, RowOutcome.WAITING)


def test_nothing_and_too_much_are_refused(monkeypatch):
    by = PersonFactory()

    with pytest.raises(services.SelectionRefused, match="Nothing"):
        freeze(by, Case.objects.none())
    monkeypatch.setattr(services, "MOST", 1)
    CaseFactory.create_batch(2)
    with pytest.raises(services.SelectionRefused, match="At most 1"):
        freeze(by, Case.objects.all())

    assert not BatchRow.objects.exists()


def test_rows_are_settled_in_one_statement(django_assert_num_queries):
    batch = BatchFactory()
    first, second = BatchRowFactory.create_batch(2, batch=batch)

    with django_assert_num_queries(1):
        services.settle(
            [
                services.Made(first.pk, RowOutcome.DONE, version=2),
                services.Made(second.pk, RowOutcome.SKIPPED, Why.BUSY),
            ]
        )

    rows = BatchRow.objects.order_by("pk").values_list("outcome", "why", "made_version")
    assert list(rows) == [("done", "", 2), ("skipped", "busy", None)]


def test_the_next_rows_come_in_order_and_by_what_became_of_them():
    batch = BatchFactory()
    rows = BatchRowFactory.create_batch(3, batch=batch)
    services.settle([services.Made(rows[1].pk, RowOutcome.DONE)])

    asked = {"after": 0, "limit": 5}
    waiting = services.waiting(batch, **asked, outcome=RowOutcome.WAITING)

    assert waiting == [rows[0], rows[2]]
    assert services.waiting(batch, **asked, outcome=RowOutcome.DONE) == [rows[1]]


def test_the_end_of_a_batch_is_dated():
    batch = BatchFactory(status=BatchStatus.RUNNING)

    services.end(batch, BatchStatus.DONE, at=OPENED)
    services.end(batch, BatchStatus.UNDONE, at=OPENED)

    batch.refresh_from_db()
    assert (batch.status, batch.done_at, batch.undone_at) == ("undone", OPENED, OPENED)
