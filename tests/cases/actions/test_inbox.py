from datetime import time, timedelta

import pytest

from cases.actions import inbox
from cases.notices.models import Notification
from cases.notices.queries import wishes_of
from cases.notices.vocabulary import MessageKind, Pace
from tests.factories.cases import OPENED
from tests.factories.people import PersonFactory
from tests.factories.sharing import NotificationFactory

pytestmark = pytest.mark.django_db


def test_one_is_read_done_with_and_taken_up_again():
    told = NotificationFactory()

    inbox.read(notification=told, by=told.user, at=OPENED)
    inbox.finish(notification=told, by=told.user, at=OPENED + timedelta(hours=1))
    inbox.take_up(notification=told, by=told.user)

    told.refresh_from_db()
    assert (told.read_at, told.done_at) == (OPENED, None)


def test_nobody_is_done_with_what_somebody_else_was_told():
    told = NotificationFactory()

    assert inbox.finish(notification=told, by=PersonFactory(), at=OPENED) == 0
    assert Notification.objects.get().done_at is None


def test_all_of_a_kind_are_done_with_up_to_the_newest_that_was_seen():
    person = PersonFactory()
    old, seen, new = (NotificationFactory(user=person) for _ in range(3))
    other = NotificationFactory(user=person, kind=MessageKind.BREACH)
    foreign = NotificationFactory()
    given = {"by": person, "at": OPENED}

    assert inbox.finish_all(**given, up_to=seen.pk, kind=MessageKind.MENTION) == 2
    assert inbox.finish_all(**given, up_to=other.pk) == 2

    left = Notification.objects.filter(done_at=None)
    assert list(left) == [foreign]
    assert {old.pk, new.pk} <= set(
        Notification.objects.exclude(done_at=None).values_list("pk", flat=True)
    )


def test_how_one_wants_to_be_told_is_kept():
    person = PersonFactory()

    inbox.wish(
        by=person, paces={MessageKind.JOB: Pace.DAILY}, starts=time(19), ends=time(7), version=0
    )

    assert wishes_of(person).paces[MessageKind.JOB] == Pace.DAILY
