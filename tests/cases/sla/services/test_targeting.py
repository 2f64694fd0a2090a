import pytest

from cases.sla.models import Target
from cases.sla.services import TargetRow, replace_targets
from tests.factories.cases import QueueFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def row(queue, amount):
    return TargetRow(
        queue_id=queue.pk,
        case_type="",
        clock="resolve",
        amount=amount,
        unit="business_days",
        counts_in="site",
        pauses_for_payer=True,
        pauses_for_info=True,
        pauses_when_deferred=False,
        pause_cap=15,
    )


def test_targets_are_made_changed_and_taken_away_each_with_history():
    queue, by = QueueFactory(), PersonFactory()

    replace_targets(wanted=[row(queue, 3)], by=by, reason="First")
    again = replace_targets(wanted=[row(queue, 3)], by=by, reason="Again")
    changed = replace_targets(wanted=[row(queue, 5)], by=by, reason="Second")

    held = Target.objects.get()
    assert (again, changed) == (0, 1)
    assert (held.amount, held.version) == (5, 2)
    reasons = held.history.order_by("pk").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["First", "Second"]

    assert replace_targets(wanted=[], by=by, reason="Third") == 1
    assert not Target.objects.exists()
    assert Target.history.filter(id=held.pk).count() == 3
