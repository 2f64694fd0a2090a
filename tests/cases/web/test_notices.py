"""The notices of a reader's queues, and saying that one is seen to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_portal.audit.models import AuditEvent
from cases.notices.models import Notice
from tests.factories.cases import NoticeFactory
from tests.house import CANARY
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db

PAGE = reverse("cases:notices")
DONE = "The code is in the map now."


@pytest.fixture
def notice(house):
    return NoticeFactory(queue=house.auth, text="Nobody knows reason 999.")


def address(notice):
    """Where one is seen to."""
    return reverse("cases:notice_clear", args=[notice.pk])


def test_the_notices_of_the_readers_queues_are_shown_and_no_others(reader, house, notice):
    NoticeFactory(queue=house.coding, text=CANARY)

    page = text_of(reader.get(PAGE))

    assert "Nobody knows reason 999." in page
    assert "Unknown adjustment code" in page
    assert CANARY not in page


def test_the_rail_counts_them_while_there_are_any(reader, notice):
    worklist = text_of(reader.get(reverse("cases:all")))
    reader.post(address(notice), {"reason": DONE})

    assert "Notices 1 " in worklist
    assert "Notices 1 " not in text_of(reader.get(reverse("cases:all")))


def test_seen_to_with_a_reason_it_is_out_of_sight_and_on_record(reader, specialist, notice):
    answer = reader.post(address(notice), {"reason": DONE}, follow=True)

    assert "The notice is seen to." in text_of(answer)
    assert "Nothing to tell" in text_of(answer)
    assert Notice.objects.get().cleared_by == specialist
    event = AuditEvent.objects.get(verb="notice.cleared")
    assert (event.actor, event.reason) == (specialist, DONE)


def test_without_a_reason_it_stays(reader, notice):
    answer = reader.post(address(notice), {"reason": " "})

    assert answer.status_code == 422
    assert "Say what was done, in a few words." in text_of(answer)
    assert Notice.objects.get().cleared_at is None


def test_who_only_sees_the_queue_sees_its_notices_and_no_button(house, notice):
    auditor = Reader.of(house.person("auditor"))

    page = auditor.get(PAGE).content.decode()
    answer = auditor.post(address(notice), {"reason": DONE})

    assert "Nobody knows reason 999." in page
    assert address(notice) not in page
    assert answer.status_code == 409
    assert "Only those who work this queue" in text_of(answer)
    assert Notice.objects.get().cleared_at is None


def test_a_notice_of_somebody_elses_queue_is_not_there(reader, house):
    foreign = NoticeFactory(queue=house.coding, text=CANARY)

    assert reader.get(address(foreign)).status_code == 404
    assert reader.post(address(foreign), {"reason": DONE}).status_code == 404


@pytest.mark.parametrize("notices", [1, 25])
def test_the_page_costs_the_same_queries_for_any_number(reader, house, notices):
    for _ in range(notices):
        NoticeFactory(queue=house.auth)

    with CaptureQueriesContext(connection) as queries:
        page = reader.get(PAGE)

    assert len(page.context["notices"]) == notices
    # the session, who it is, roles and grants; the notices; the rail with its counts
    assert len(queries) == 11
