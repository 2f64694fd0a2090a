"""Mail: each thing once, when its reader wants it, and nothing in it that should not travel."""

from datetime import time, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from cases.notices.delivery import OLDEST, mail_due, take
from cases.notices.models import Notification
from cases.notices.services import wish
from cases.notices.vocabulary import MessageKind, Pace
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory
from tests.factories.sharing import NotificationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return PersonFactory(email="sam@example.org", time_zone="UTC")


@pytest.fixture
def now():
    return timezone.now() + timedelta(minutes=1)


def breach(user, **others):
    return NotificationFactory(user=user, kind=MessageKind.BREACH, **others)


def test_what_is_due_goes_out_once_in_one_mail(person, now):
    breach(person)
    breach(person)

    assert mail_due(at=now) == 1
    assert mail_due(at=now + timedelta(minutes=1)) == 0

    (sent,) = mail.outbox
    assert sent.to == ["sam@example.org"]
    assert sent.subject == "Billing Portal: new in your inbox, 2"
    assert not Notification.objects.filter(mailed_at=None).exists()


def test_a_mail_holds_counts_references_and_links_and_nothing_else(person, now, settings):
    settings.SITE_URL = "https://portal.example.org"
    case = CaseFactory(title="Jane Zyxdoe owes", reference="DN-000042")
    breach(person, case=case, text="Jane Zyxdoe owes $400.00", why="$400.00 is yours")
    NotificationFactory(user=person, is_urgent=True, case=None, link="/jobs/7/", text="Zyx done")

    mail_due(at=now)

    (sent,) = mail.outbox
    html = sent.alternatives[0][0]
    for body in (sent.body, html):
        assert "DN-000042" in body
        assert f"https://portal.example.org/cases/{case.public_id}/" in body
        assert "https://portal.example.org/jobs/7/" in body
        assert "Breaches: 1" in body
        assert "Zyx" not in body
        assert "400" not in body
    assert sent.extra_headers["List-Unsubscribe"] == "<https://portal.example.org/inbox/settings/>"


def test_what_was_read_done_told_for_later_or_long_ago_is_not_mailed(person, now):
    breach(person, read_at=now)
    breach(person, read_at=now, done_at=now)
    breach(person, not_before=now + timedelta(hours=1))
    breach(person, not_before=now - OLDEST)

    assert mail_due(at=now) == 0


def test_without_an_address_nothing_is_sent(now):
    breach(PersonFactory())

    assert mail_due(at=now) == 0
    assert Notification.objects.get().mailed_at is None


def test_in_quiet_hours_it_waits_and_goes_out_when_they_end(person, now):
    noon = now.replace(hour=12, minute=30)
    breach(person, not_before=noon - timedelta(minutes=20))
    wish(user=person, paces={}, starts=time(12), ends=time(13), version=0)

    assert mail_due(at=noon) == 0
    assert mail_due(at=noon.replace(hour=13, minute=0)) == 1


def test_each_kind_goes_out_at_its_own_pace(person, now):
    noon = now.replace(hour=12, minute=30)
    said = noon - timedelta(minutes=20)
    for kind in (MessageKind.MENTION, MessageKind.WATCHED, MessageKind.JOB, MessageKind.BREACH):
        NotificationFactory(user=person, kind=kind, not_before=said)
    wish(user=person, paces={MessageKind.MENTION: Pace.OFF}, starts=None, ends=None, version=0)

    def taken(at):
        digest = take(user=person, at=at)
        return [each.kind for each in digest.notifications] if digest else []

    assert taken(noon) == [MessageKind.BREACH]
    assert taken(noon + timedelta(hours=1)) == []
    assert taken(noon + timedelta(days=1)) == [MessageKind.WATCHED]


def test_a_mail_that_was_not_taken_goes_out_later(person, now, monkeypatch):
    def refuse(*_args):
        raise ConnectionRefusedError

    breach(person)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        assert mail_due(at=now) == 0

    assert mail_due(at=now + timedelta(minutes=1)) == 1
