from datetime import timedelta

import pytest

from cases.actions import joining, undoing
from cases.actions.joining import JoinRefused, Seen
from cases.types.denial.dividing import items_of
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Queue
from cases.work.services import StaleVersion
from tests.factories.appeals import AppealFactory
from tests.factories.cases import OPENED
from tests.factories.integrations import ClaimFactory
from tests.factories.joining import denied
from tests.factories.people import granted

NOW = OPENED + timedelta(days=3)


def test_an_undoing_of_a_merge_names_the_version_it_saw(db):
    keeper = denied("100.00")
    claim = ClaimFactory(patient=keeper.claim.patient, facility=keeper.facility)
    other = denied("30.00", claim=claim)
    by = granted(queues=Queue.objects.all(), facilities=[keeper.facility])
    given = {"by": by, "reason": "One account", "at": NOW, "seen_version": 1}
    joining.merge(cases=[Seen(other, 1)], into=keeper, **given)

    with pytest.raises(StaleVersion):
        undoing.undo(case=other, by=by, at=NOW, seen_version=1)

    assert Case.objects.get(pk=other.pk).status == CaseStatus.MERGED


@pytest.mark.parametrize("act", ["merge", "split"])
def test_what_an_appeal_rests_on_since_is_not_undone(db, act):
    keeper = denied("100.00", "50.00")
    claim = ClaimFactory(patient=keeper.claim.patient, facility=keeper.facility)
    other = denied("30.00", claim=claim)
    by = granted(queues=Queue.objects.all(), facilities=[keeper.facility])
    given = {"by": by, "reason": "One account", "at": NOW, "seen_version": 1}
    if act == "merge":
        joining.merge(cases=[Seen(other, 1)], into=keeper, **given)
    else:
        other = joining.split(case=keeper, items=[items_of(keeper.key)[0].key], **given)
    AppealFactory(case=keeper if act == "merge" else other)
    before = list(Case.objects.order_by("pk").values())

    with pytest.raises(JoinRefused, match="appeal is open"):
        undoing.undo(case=keeper, by=by, at=NOW, seen_version=2)

    assert list(Case.objects.order_by("pk").values()) == before
