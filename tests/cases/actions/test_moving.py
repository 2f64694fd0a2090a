import pytest

from cases.actions import moving
from cases.work.lifecycle import MOVES, CaseStatus, Disposition, MoveRefused, Verb
from cases.work.models import Case
from cases.work.services import Wanted
from tests.factories.cases import OPENED, CaseFactory


def test_every_verb_says_what_clocks_do():
    assert set(moving.CLOCKS) == set(Verb) == set(MOVES)


def test_a_case_is_moved_as_the_table_of_moves_says(case, worker):
    given = {"case": case, "verb": Verb.RESOLVE, "by": worker, "reason": "Done", "at": OPENED}

    with pytest.raises(MoveRefused):
        moving.move(**given, seen_version=1)
    assert Case.objects.get(pk=case.pk).version == 1

    done = moving.move(**given, seen_version=1, disposition=Disposition.DUPLICATE)
    assert (done.status, done.version) == (CaseStatus.RESOLVED, 2)


def test_many_cases_are_moved_by_one_verb(case, worker):
    other = CaseFactory(queue=case.queue, facility=case.facility)
    wanted = [
        Wanted(each.pk, "Yours", {"owner_id": worker.pk}, seen_version=1) for each in (case, other)
    ]

    moved = moving.move_many(wanted=wanted, verb=Verb.ASSIGN, by=worker, at=OPENED)

    assert [each.owner for each in moved] == [worker, worker]
