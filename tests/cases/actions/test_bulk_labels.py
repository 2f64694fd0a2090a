"""A label on many cases: previewed, put on, taken off again where it is still this one's."""

import json
from datetime import timedelta

import pytest

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.models.history import save_because
from cases.actions import bulk_labels, bulking
from cases.bulk.models import BatchStatus, BulkVerb, RowOutcome, Why
from cases.bulk.queries import results
from cases.collaboration.models import CaseLabel
from cases.work.models import Case
from tests.factories.cases import OPENED, CaseFactory, QueueFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.people import granted
from tests.factories.sharing import CaseLabelFactory, LabelFactory

LATER = OPENED + timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue():
    return QueueFactory(team="Denials")


@pytest.fixture
def cases(queue):
    site = FacilityFactory()
    return CaseFactory.create_batch(3, queue=queue, facility=site)


@pytest.fixture
def worker(queue, cases):
    return granted(queues=[queue], facilities=[cases[0].facility])


def frozen(worker, label):
    return bulking.freeze(
        cases=Case.objects.visible_to(worker),
        query="/queues/all/",
        verb=BulkVerb.LABEL,
        arguments={"label_id": label.pk},
        reason="One cause",
        by=worker,
        at=OPENED,
    )


def outcomes(batch):
    return {(each.outcome, each.why): each.cases for each in results(batch)}


def test_a_label_goes_on_those_that_lack_it_and_off_again(cases, worker):
    label = LabelFactory(team="Denials")
    CaseLabelFactory(case=cases[0], label=label)
    batch = frozen(worker, label)

    assert bulking.preview(batch=batch).skipped == {Why.ALREADY: 1}
    bulking.start(batch=batch, by=worker, at=OPENED)

    assert CaseLabel.objects.filter(label=label, put_by=worker).count() == 2
    assert outcomes(batch) == {(RowOutcome.DONE, ""): 2, (RowOutcome.SKIPPED, Why.ALREADY): 1}
    events = AuditEvent.objects.filter(verb="case.labelled")
    assert [json.loads(each.body) for each in events] == [{"put": [label.key], "taken": []}] * 2

    CaseLabel.objects.filter(case=cases[1], label=label).delete()
    batch.refresh_from_db()
    bulking.undo(batch=batch, by=worker, at=LATER)

    assert list(CaseLabel.objects.values_list("case", flat=True)) == [cases[0].pk]
    assert outcomes(batch) == {
        (RowOutcome.UNDONE, ""): 1,
        (RowOutcome.KEPT, Why.TOUCHED): 1,
        (RowOutcome.SKIPPED, Why.ALREADY): 1,
    }
    batch.refresh_from_db()
    assert batch.status == BatchStatus.UNDONE
    assert set(Case.objects.values_list("version", flat=True)) == {1}


def test_another_teams_label_stays_off(cases, worker):
    batch = frozen(worker, LabelFactory(team="Coding"))

    bulking.start(batch=batch, by=worker, at=OPENED)

    assert outcomes(batch) == {(RowOutcome.SKIPPED, Why.LABEL): 3}
    assert not CaseLabel.objects.exists()


def test_a_label_that_went_out_of_use_is_put_on_nothing(cases, worker):
    label = LabelFactory()
    batch = frozen(worker, label)
    label.is_active = False
    save_because(label, by=worker, reason="Over", fields=["is_active"])

    bulking.start(batch=batch, by=worker, at=OPENED)

    assert outcomes(batch) == {(RowOutcome.SKIPPED, Why.LABEL): 3}


def test_everybodys_label_goes_into_every_queue(queue):
    assert queue.pk in bulk_labels.queues_of(LabelFactory(team=""))
    assert bulk_labels.queues_of(None) == frozenset()
