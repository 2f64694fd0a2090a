"""The reader's own inbox: what they were told, why, and how they want to be told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions import working
from cases.notices.models import Notification
from cases.notices.queries import wishes_of
from cases.notices.vocabulary import MessageKind, Pace
from tests.factories.sharing import NotificationFactory
from tests.house import CANARY
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db

PAGE = reverse("cases:inbox")
SETTINGS = reverse("cases:inbox_settings")


@pytest.fixture
def told(house, specialist):
    return NotificationFactory(user=specialist, case=house.case(), text="TS-1: Ann named you.")


def test_what_one_was_told_is_shown_with_why_and_nobody_elses(reader, told):
    NotificationFactory(text=CANARY)

    page = text_of(reader.get(PAGE))

    assert "TS-1: Ann named you." in page
    assert "You were named." in page
    assert "New" in page
    assert CANARY not in page


def test_opening_one_leads_to_its_case_and_it_is_read(reader, told):
    answer = reader.post(reverse("cases:inbox_open", args=[told.public_id]))

    assert answer.url == reverse("cases:case", args=[told.case.public_id])
    assert Notification.objects.get().read_at is not None


def test_looking_at_the_page_changes_nothing(reader, told):
    reader.get(PAGE)

    assert Notification.objects.get().read_at is None
    assert reader.get(reverse("cases:inbox_open", args=[told.public_id])).status_code == 405


def test_one_is_done_with_and_taken_up_again(reader, told):
    reader.post(reverse("cases:inbox_finish", args=[told.public_id]))

    assert "Nothing waits for you here" in text_of(reader.get(PAGE))
    assert "Ann named you" in text_of(reader.get(PAGE, {"show": "done"}))

    reader.post(reverse("cases:inbox_again", args=[told.public_id]))

    assert "Ann named you" in text_of(reader.get(PAGE))


def test_all_that_was_shown_is_done_with_at_once(reader, specialist, told):
    newest = reader.get(PAGE).context["newest"]
    later = NotificationFactory(user=specialist, text="Came since")

    reader.post(reverse("cases:inbox_done"), {"newest": newest, "kind": ""})

    assert list(Notification.objects.filter(done_at=None)) == [later]


@pytest.mark.parametrize("newest", ["", "x", "9" * 40])
def test_a_made_up_newest_ends_nothing(reader, told, newest):
    reader.post(reverse("cases:inbox_done"), {"newest": newest, "kind": "nonsense"})

    assert Notification.objects.get().done_at is None


def test_each_kind_that_waits_has_its_tab(reader, specialist, told):
    NotificationFactory(user=specialist, kind=MessageKind.BREACH, text="Overdue since noon")

    mentions = text_of(reader.get(PAGE, {"kind": "mention"}))

    assert "Breaches 1" in mentions
    assert "Ann named you" in mentions
    assert "Overdue since noon" not in mentions


def test_somebody_elses_is_not_there(reader):
    foreign = NotificationFactory(text=CANARY)

    for name in ("inbox_open", "inbox_finish", "inbox_again"):
        assert reader.post(reverse(f"cases:{name}", args=[foreign.public_id])).status_code == 404
    assert Notification.objects.get().read_at is None


def test_the_rail_counts_what_is_unread(reader, specialist, told):
    NotificationFactory(user=specialist, read_at=timezone.now())

    assert "Inbox 1 " in text_of(reader.get(reverse("cases:all")))
    assert "Inbox 1 " in text_of(reader.get(SETTINGS))


def test_how_one_wants_mail_is_kept(reader, specialist):
    page = reader.get(SETTINGS)
    given = dict.fromkeys(MessageKind.values, "off")

    answer = reader.post(SETTINGS, {**given, "starts": "19:00", "ends": "07:00", "version": 0})

    assert "no mail is sent" in text_of(page)
    assert answer.url == SETTINGS
    assert set(wishes_of(specialist).paces.values()) == {Pace.OFF}
    assert 'value="19:00"' in reader.get(SETTINGS).content.decode()


def test_half_of_quiet_hours_and_an_old_version_are_refused(reader):
    given = dict.fromkeys(MessageKind.values, "off")

    half = reader.post(SETTINGS, {**given, "starts": "19:00", "ends": "", "version": 0})
    wrong = reader.post(SETTINGS, {"version": 0})
    reader.post(SETTINGS, {**given, "version": 0})
    old = reader.post(SETTINGS, {**given, "version": 0})

    assert [each.status_code for each in (half, wrong, old)] == [409, 422, 409]
    assert "changed in another window" in text_of(old)


@pytest.mark.parametrize("notifications", [1, 25])
def test_the_page_costs_the_same_queries_for_any_number(house, notifications):
    person = house.person("denial_specialist")
    for _ in range(notifications):
        NotificationFactory(user=person, case=house.case())
    reader = Reader.of(person)

    with CaptureQueriesContext(connection) as queries:
        page = reader.get(PAGE)

    assert len(page.context["notifications"]) == notifications
    # the session, who it is; the kinds and the rows; roles, grants; the rail with its counts
    assert len(queries) == 12


def test_a_note_that_names_one_is_gone_to_and_says_so(reader, house):
    case, ann = house.case(), house.person("denial_specialist", username="ann")
    note = working.comment(case=case, by=ann, text="@specialist, have a look")

    answer = reader.post(reverse("cases:inbox_open", args=[Notification.objects.get().public_id]))

    place = f"{reverse('cases:case', args=[case.public_id])}?tab=timeline"
    assert answer.url == f"{place}#note-{note.pk}"
    page = reader.get(place).content.decode()
    assert f'id="note-{note.pk}"' in page
    assert "names you" in page
    assert "names you" not in text_of(Reader.of(ann).get(place))
