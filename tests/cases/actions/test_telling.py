from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_portal.access.actor import system_actor
from cases.actions import awaiting, moving, telling, working
from cases.jobs.models import JobStatus
from cases.notices.models import Notification
from cases.notices.vocabulary import MessageKind
from cases.work.lifecycle import Verb
from cases.work.models import NoteKind
from cases.work.references import Reference
from cases.work.services import Wanted
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.jobs import JobFactory
from tests.factories.people import PersonFactory, granted
from tests.factories.sharing import WatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def watcher(case):
    watcher = granted(queues=[case.queue], facilities=[case.facility])
    WatchFactory(case=case, user=watcher)
    return watcher


def told(person):
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("kind", "text"))


def test_a_watcher_is_told_of_a_move_and_by_whom_but_not_why(case, worker, watcher):
    working.wait(
        case=case, by=worker, waiting_for=working.Waiting.PAYER, reason="Mrs Zyx is away",
        at=OPENED, seen_version=1,
    )  # fmt: skip

    assert told(watcher) == [(MessageKind.WATCHED, f"{case}: waiting for payer, by {worker}.")]
    assert told(worker) == []
    assert Notification.objects.get().case == case


def test_nobody_is_told_of_what_they_did_themselves(case, watcher):
    working.claim(case=case, by=watcher, at=OPENED, seen_version=1)
    working.release(case=case, by=watcher, reason="Later", at=OPENED, seen_version=2)

    assert told(watcher) == []


def test_who_is_given_a_case_is_told_and_told_once(case, worker, watcher):
    working.assign(case=case, by=worker, owner=watcher, reason="Yours", at=OPENED, seen_version=1)

    assert told(watcher) == [(MessageKind.ASSIGNED, f"{case}: assigned, by {worker}.")]


def test_the_owner_is_told_when_a_case_comes_back(case, worker):
    working.claim(case=case, by=worker, at=OPENED, seen_version=1)
    until = OPENED.replace(hour=16)
    awaiting.defer(case=case, by=worker, until=until, reason="Wait", at=OPENED, seen_version=2)

    from_system = Wanted(case.pk, "The date has come.")
    moving.move_many(wanted=[from_system], verb=Verb.RETURN, by=system_actor("tickler"), at=until)

    assert [kind for kind, _text in told(worker)] == [MessageKind.RETURNED]


def test_who_lost_sight_of_a_case_is_told_nothing_more(case, worker):
    WatchFactory(case=case, user=granted(queues=[case.queue]))

    working.claim(case=case, by=worker, at=OPENED, seen_version=1)
    working.release(case=case, by=worker, reason="Later", at=OPENED, seen_version=2)

    assert not Notification.objects.exists()


def test_who_is_named_is_told_of_that_and_watchers_of_the_note(case, worker, watcher):
    named = granted(queues=[case.queue], facilities=[case.facility], works=False)

    working.comment(case=case, by=worker, text=f"@{named.username} and @nobody: look")

    assert told(named) == [(MessageKind.MENTION, f"{case}: {worker} named you in a note.")]
    assert told(watcher) == [(MessageKind.WATCHED, f"{case}: {worker} wrote a note.")]


def test_somebody_named_who_does_not_see_the_case_is_not_told(case, worker):
    stranger = granted(queues=[case.queue])

    working.comment(case=case, by=worker, text=f"@{stranger.username}")

    assert not Notification.objects.exists()


def test_a_call_back_is_remembered_on_its_morning(case, worker):
    reference = Reference(call_back_on=date(2026, 3, 9))

    working.comment(case=case, by=worker, text="Not now.", kind=NoteKind.CALL, reference=reference)

    reminder = Notification.objects.get(user=worker)
    assert reminder.kind == MessageKind.FOLLOW_UP
    assert reminder.not_before == datetime(2026, 3, 9, 8, tzinfo=ZoneInfo(worker.time_zone))


@pytest.mark.parametrize("cases", [1, 10])
def test_moving_many_tells_at_a_constant_cost(case, worker, watcher, cases):
    place = {"queue": case.queue, "facility": case.facility}
    moved = [case, *(CaseFactory(**place) for _ in range(cases - 1))]
    for each in moved[1:]:
        WatchFactory(case=each, user=watcher)
    wanted = [Wanted(each.pk, "For a test", seen_version=1) for each in moved]

    with CaptureQueriesContext(connection) as spent:
        moving.move_many(wanted=wanted, verb=Verb.WAIT_INFO, by=worker, at=OPENED)

    assert len(told(watcher)) == cases
    statements = [each["sql"] for each in spent]
    assert len([each for each in statements if "cases_watch" in each]) == 1
    assert len([each for each in statements if "cases_notification" in each]) == 1


def test_who_is_given_many_at_once_is_told_once(worker, case, watcher):
    cases = [case, *CaseFactory.create_batch(10, queue=case.queue, facility=case.facility)]
    wanted = [Wanted(each.pk, "Yours", {"owner_id": watcher.pk}, 1) for each in cases]

    moving.move_many(wanted=wanted, verb=Verb.ASSIGN, by=worker, at=OPENED)

    assert told(watcher) == [(MessageKind.ASSIGNED, f"11 cases: assigned, by {worker}.")]
    assert Notification.objects.get().link == reverse("cases:mine")


def test_who_owns_many_and_watches_one_is_told_of_that_one(worker, case, watcher):
    cases = [case, *CaseFactory.create_batch(10, queue=case.queue, facility=case.facility)]
    given = [Wanted(each.pk, "Yours", {"owner_id": watcher.pk}, 1) for each in cases]
    moving.move_many(wanted=given, verb=Verb.ASSIGN, by=worker, at=OPENED)
    wanted = [Wanted(each.pk, "For a test", seen_version=2) for each in cases]

    moving.move_many(wanted=wanted, verb=Verb.WAIT_INFO, by=worker, at=OPENED)

    text = f"{case}: waiting for information, by {worker}."
    assert told(watcher)[1:] == [(MessageKind.WATCHED, text)]


@pytest.mark.parametrize(
    ("status", "minutes", "by_starter", "is_told"),
    [
        (JobStatus.DONE, 1, False, True),
        (JobStatus.DONE, 0, False, False),
        (JobStatus.FAILED, 0, False, True),
        (JobStatus.CANCELLED, 1, True, False),
        (JobStatus.CANCELLED, 1, False, True),
    ],
)
def test_who_started_long_work_is_told_of_its_end(status, minutes, by_starter, is_told):
    job = JobFactory()
    job.refresh_from_db()
    job.status, job.ended_at = status, job.created_at + timedelta(minutes=minutes)
    job.ended_by = job.started_by if by_starter else PersonFactory()

    telling.of_job(job)
    telling.of_job(job)

    found = Notification.objects.filter(user=job.started_by)
    assert found.count() == is_told
    for each in found:
        assert each.text == f"Count to thirty: {status.label.lower()}, 0 of 30."
        assert "longer than a few seconds" in each.why
        assert each.link == f"/jobs/{job.public_id}/"
