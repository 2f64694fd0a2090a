from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.kernel.models.history import save_because
from cases.notices.models import MessageKind, Notification
from cases.notices.services import Message, mark_done, mark_open, mark_read, notify_many
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import PersonFactory
from tests.factories.sharing import NotificationFactory

pytestmark = pytest.mark.django_db


def message(user, key="mention:1", **others):
    told = {"text": "DN-1: somebody named you.", "why": "You were named in a note.", **others}
    return Message(user.pk, MessageKind.MENTION, key, **told)


def test_a_person_is_told_once_per_key():
    one, other = PersonFactory(), PersonFactory()

    assert notify_many(drafts=[message(one), message(one), message(other)]) == 2
    assert notify_many(drafts=[message(one), message(one, "mention:2")]) == 1
    assert Notification.objects.filter(user=one).count() == 2


def test_what_is_said_is_kept_as_it_was_said():
    person, case = PersonFactory(), CaseFactory()
    later = timezone.now() + timedelta(hours=3)

    notify_many(
        drafts=[
            message(person, case_id=case.pk, instant=True, not_before=later),
            message(person, "job:1", url_name="cases:notices"),
        ]
    )

    about_case, about_page = Notification.objects.order_by("pk")[::-1]
    assert (about_page.case, about_page.link) == (None, "/notices/")
    assert (about_case.case, about_case.link) == (case, "")
    assert (about_case.is_urgent, about_case.not_before) == (True, later)
    assert about_page.not_before <= timezone.now()


def test_nobody_is_told_who_cannot_sign_in():
    gone, system = PersonFactory(), system_actor("tickler")
    gone.is_active = False
    save_because(gone, by=system, reason="Left")

    assert notify_many(drafts=[message(gone), message(system)]) == 0
    assert notify_many(drafts=[]) == 0


def test_many_are_told_by_one_statement():
    people = PersonFactory.create_batch(25)

    with CaptureQueriesContext(connection) as queries:
        assert notify_many(drafts=[message(person) for person in people]) == 25

    # a savepoint and its end; the one statement
    assert len(queries) == 3


def test_done_is_read_and_can_be_taken_up_again():
    told = NotificationFactory()
    mine = Notification.objects.filter(pk=told.pk)

    assert mark_read(notifications=mine, at=OPENED) == 1
    assert mark_read(notifications=mine, at=OPENED) == 0
    assert mark_done(notifications=mine, at=OPENED + timedelta(hours=1)) == 1
    assert mark_done(notifications=mine, at=OPENED + timedelta(hours=2)) == 0
    told.refresh_from_db()
    assert (told.read_at, told.done_at) == (OPENED, OPENED + timedelta(hours=1))

    assert mark_open(notifications=mine) == 1
    told.refresh_from_db()
    assert (told.read_at, told.done_at) == (OPENED, None)
