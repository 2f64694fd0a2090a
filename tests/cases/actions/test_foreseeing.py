"""What an approval would lead to is told before it is given, and nothing is written."""

import pytest

from cases.actions.foreseeing import UNCARRIED, foreseen
from cases.approvals.vocabulary import Matter
from cases.effects.checks import CheckKey
from cases.effects.kinds import EFFECTS, EffectKind
from cases.effects.models import Effect
from cases.work.lifecycle import Disposition
from tests.factories.approvals import ApprovalRequestFactory, PolicyVersionFactory, policy_content
from tests.factories.cases import OPENED

pytestmark = pytest.mark.django_db


def test_what_books_nothing_only_says_how_its_case_goes_on():
    policy = PolicyVersionFactory(content=policy_content(matter="abandon_deadline"))
    approval = ApprovalRequestFactory(matter=Matter.ABANDON_DEADLINE, policy_version=policy)

    found = foreseen(approval=approval, at=OPENED)

    assert (found.ready, found.ending, found.problem) == (None, None, "")


def test_a_case_to_be_void_says_how_it_would_end():
    policy = PolicyVersionFactory(content=policy_content(matter="void_case"))
    approval = ApprovalRequestFactory(matter=Matter.VOID_CASE, policy_version=policy)

    found = foreseen(approval=approval, at=OPENED)

    assert (found.ending, list(found.ready.planned)) == (Disposition.OPENED_IN_ERROR, [])


def test_money_that_nothing_carries_out_says_so(monkeypatch):
    monkeypatch.setattr(EFFECTS, "_held", {})

    found = foreseen(approval=ApprovalRequestFactory(), at=OPENED)

    assert (found.ready, found.problem) == (None, UNCARRIED)


def test_what_books_is_checked_and_nothing_is_written(monkeypatch):
    kind = EffectKind(Matter.WRITE_OFF, "Write-off", lambda _d: (), Disposition.WRITTEN_OFF)
    monkeypatch.setattr(EFFECTS, "_held", {Matter.WRITE_OFF.value: kind})

    found = foreseen(approval=ApprovalRequestFactory(), at=OPENED)

    assert (found.ending, found.problem) == (Disposition.WRITTEN_OFF, "")
    assert found.ready is not None
    assert [each.key for each in found.ready.failed] == [CheckKey.PEOPLE]
    assert not Effect.objects.exists()
