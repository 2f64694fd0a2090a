import json

import pytest

from billing_portal.audit.models import AuditEvent
from cases.collaboration.models import CaseLabel
from cases.collaboration.queries import labels_on
from cases.collaboration.services import LabelRefused, set_labels
from cases.work.visibility import MayNotWork
from tests.factories.cases import CaseFactory, QueueFactory
from tests.factories.people import granted
from tests.factories.sharing import CaseLabelFactory, LabelFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return CaseFactory(queue=QueueFactory(team="Denials"))


@pytest.fixture
def worker(case):
    return granted(queues=[case.queue], facilities=[case.facility])


def test_labels_are_put_on_and_taken_off_on_record(case, worker):
    one, two = LabelFactory(team="Denials"), LabelFactory()
    set_labels(case=case, labels=[one], by=worker)

    set_labels(case=case, labels=[two], by=worker)
    set_labels(case=case, labels=[two], by=worker)

    assert labels_on(case) == [two]
    assert CaseLabel.objects.get().put_by == worker
    first, second = AuditEvent.objects.filter(verb="case.labelled").order_by("seq")
    assert json.loads(first.body) == {"put": [one.key], "taken": []}
    assert json.loads(second.body) == {"put": [two.key], "taken": [one.key]}


@pytest.mark.parametrize("fields", [{"team": "Coding"}, {"is_active": False}])
def test_another_teams_label_and_one_out_of_use_are_refused(case, worker, fields):
    with pytest.raises(LabelRefused):
        set_labels(case=case, labels=[LabelFactory(**fields)], by=worker)

    assert labels_on(case) == []


def test_what_another_team_put_on_stays(case, worker):
    theirs = CaseLabelFactory(case=case, label=LabelFactory(team="Coding")).label

    set_labels(case=case, labels=[], by=worker)

    assert labels_on(case) == [theirs]


def test_who_only_reads_labels_nothing(case):
    reader = granted(queues=[case.queue], facilities=[case.facility], works=False)

    with pytest.raises(MayNotWork):
        set_labels(case=case, labels=[LabelFactory()], by=reader)
