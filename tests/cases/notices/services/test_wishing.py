from datetime import time

import pytest

from cases.notices.models import PaceChoice, QuietHours
from cases.notices.queries import wishes_of
from cases.notices.services import HoursRefused, WishesChanged, wish
from cases.notices.vocabulary import MessageKind, Pace
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
NIGHT = {"starts": time(19), "ends": time(7)}


def test_choices_are_kept_with_history_and_only_those_that_differ():
    person = PersonFactory()

    wish(user=person, paces={MessageKind.MENTION: Pace.DAILY}, **NIGHT, version=0)
    wish(
        user=person,
        paces={MessageKind.MENTION: Pace.DAILY, MessageKind.BREACH: Pace.INSTANT},
        **NIGHT,
        version=1,
    )

    wishes = wishes_of(person)
    assert wishes.paces[MessageKind.MENTION] == Pace.DAILY
    assert wishes.paces[MessageKind.BREACH] == Pace.INSTANT
    assert wishes.version == 2
    assert PaceChoice.objects.get().history.count() == 1
    assert QuietHours.objects.get().history.count() == 2


def test_what_changed_meanwhile_is_not_overwritten():
    person = PersonFactory()
    wish(user=person, paces={}, **NIGHT, version=0)

    with pytest.raises(WishesChanged):
        wish(user=person, paces={MessageKind.MENTION: Pace.OFF}, starts=None, ends=None, version=0)

    assert QuietHours.objects.get().starts == time(19)
    assert not PaceChoice.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends"), [(time(19), None), (None, time(7)), (time(7), time(7))]
)
def test_quiet_hours_have_two_different_ends(starts, ends):
    with pytest.raises(HoursRefused):
        wish(user=PersonFactory(), paces={}, starts=starts, ends=ends, version=0)

    assert not QuietHours.objects.exists()


def test_no_quiet_hours_are_fine():
    person = PersonFactory()

    wish(user=person, paces={}, starts=None, ends=None, version=0)

    assert wishes_of(person).rest is None
