from datetime import date

import pytest

from cases.priority.models import Skip, SkipReason
from cases.priority.services import MOST_SKIPS, SkipRefused, note_skip
from tests.factories.cases import CaseFactory

TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)


def skip(case, worker, reason=SkipReason.NO_ACCESS, note="", on=TODAY):
    return note_skip(case=case, by=worker, reason=reason, note=note, on=on)


def test_three_a_day_of_a_queue_and_no_more(case, worker):
    assert [skip(case, worker) for _ in range(MOST_SKIPS)] == [1, 2, 3]
    with pytest.raises(SkipRefused, match="lead"):
        skip(case, worker)

    assert Skip.objects.count() == MOST_SKIPS
    assert skip(case, worker, on=TOMORROW) == 1
    assert skip(CaseFactory(), worker) == 1


def test_another_reason_says_what_it_is(case, worker):
    with pytest.raises(SkipRefused):
        skip(case, worker, reason=SkipReason.OTHER, note=" ")

    assert skip(case, worker, reason=SkipReason.OTHER, note="The portal is down") == 1
