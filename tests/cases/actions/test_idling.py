"""What lies untouched in somebody's hands goes back; what is touched, waits or is held stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.days import house_day
from cases.actions import awaiting
from cases.actions.idling import release_idle
from cases.notices.models import Notification
from cases.work.lifecycle import CaseStatus
from cases.work.models import NoteKind
from cases.work.services import StaleVersion
from tests.factories.cases import (
    AttachmentFactory,
    CaseFactory,
    LeaseFactory,
    NoteFactory,
    QueueFactory,
    StepMarkFactory,
)
from tests.factories.people import PersonFactory, granted
from tests.factories.sharing import DraftFactory

NOW = timezone.now()
THEN = NOW + timedelta(days=14)
MINUTE = timedelta(minutes=1)


def held(**fields):
    """A case in somebody's hands, in a queue that puts back what is idle for a day."""
    queue = fields.pop("queue", None) or QueueFactory(idle_hours=8, releases_idle=True)
    given = {"status": CaseStatus.ASSIGNED, "owner": PersonFactory(), **fields}
    return CaseFactory(queue=queue, **given)


def test_an_idle_case_goes_back_with_its_reason_and_its_owner_hears_why(db):
    case = held()
    owner = case.owner

    assert release_idle(at=THEN) == 1
    assert release_idle(at=THEN) == 0

    case.refresh_from_db()
    assert (case.status, case.owner, case.version) == (CaseStatus.TRIAGED, None, 2)
    written = case.history.get(version=2)
    why = "Nobody touched it for 8 business hours, so it is free for others."
    assert (written.history_change_reason, written.history_user.username) == (why, "system:idle")
    assert AuditEvent.objects.get(verb="case.release").chain == f"case:{case.pk}"
    told = Notification.objects.get(user=owner)
    assert told.case_id == case.pk
    assert "nobody touched it for 8 business hours" in told.text


@pytest.mark.parametrize("status", [CaseStatus.ASSIGNED, CaseStatus.IN_WORK])
def test_what_was_given_just_now_is_not_idle(db, status):
    held(status=status)

    assert release_idle(at=timezone.now()) == 0


def test_hours_outside_the_opening_of_the_site_do_not_count(db):
    held(queue=QueueFactory(idle_hours=400, releases_idle=True))

    assert release_idle(at=NOW + timedelta(hours=500)) == 0


TOUCHES = {
    "a note": lambda case: NoteFactory(case=case, written_at=THEN - MINUTE),
    "a step": lambda case: StepMarkFactory(case=case, marked_at=THEN - MINUTE),
    "a file": lambda case: AttachmentFactory(case=case, attached_at=THEN - MINUTE),
    "what is being typed": lambda case: DraftFactory(case=case, saved_at=THEN - MINUTE),
    "somebody at it": lambda case: LeaseFactory(case=case, until=timezone.now() + 20 * MINUTE),
    "a call-back to come": lambda case: NoteFactory(
        case=case, kind=NoteKind.CALL, call_back_on=THEN.date()
    ),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_is_touched_or_held_stays(db, touch):
    case = held()
    TOUCHES[touch](case)

    assert release_idle(at=THEN) == 0


def test_a_call_back_is_to_come_until_the_day_ends_at_the_house(db):
    case = held()
    evening = THEN.replace(hour=2, minute=0)  # of the day before, where the house stands
    NoteFactory(case=case, kind=NoteKind.CALL, call_back_on=house_day(evening))

    assert house_day(evening) < evening.date()
    assert release_idle(at=evening) == 0
    assert release_idle(at=evening + timedelta(days=1)) == 1


def test_old_touches_and_ended_leases_keep_nothing(db):
    case = held()
    NoteFactory(case=case, written_at=NOW)
    NoteFactory(case=case, kind=NoteKind.CALL, call_back_on=NOW.date())
    LeaseFactory(case=case, until=NOW - MINUTE)

    assert release_idle(at=THEN) == 1


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (CaseStatus.DEFERRED, {"deferred_until": THEN + timedelta(days=1)}),
        (CaseStatus.PENDING_PAYER, {}),
        (CaseStatus.PENDING_INFO, {}),
        (CaseStatus.APPEAL, {}),
    ],
)
def test_what_waits_or_sleeps_stays_its_owners(db, status, fields):
    case = held(status=status, **fields)

    assert release_idle(at=THEN) == 0

    case.refresh_from_db()
    assert case.owner is not None


def test_a_queue_that_does_not_say_so_puts_nothing_back(db):
    held(queue=QueueFactory(idle_hours=8))

    assert release_idle(at=THEN) == 0


@pytest.mark.parametrize("cases", [1, 25])
def test_any_number_of_idle_cases_costs_the_same_queries(db, cases, django_assert_num_queries):
    first = held()
    for _ in range(cases - 1):
        held(queue=first.queue, facility=first.facility, owner=first.owner)

    with django_assert_num_queries(23):
        assert release_idle(at=THEN) == cases


def defer(case, owner):
    """Its owner defers the case."""
    awaiting.defer(
        case=case,
        by=User.objects.get(pk=owner.pk),
        reason="The payer answers then",
        at=NOW,
        seen_version=1,
        until=THEN + timedelta(days=1),
    )


def elsewhere(work, *arguments):
    """Do something on a connection of its own."""
    try:
        return work(*arguments)
    finally:
        connections.close_all()


@pytest.fixture
def owned():
    """An idle case whose owner may work it."""
    case = held()
    owner = granted(queues=[case.queue], facilities=[case.facility])
    return held(queue=case.queue, facility=case.facility, owner=owner), owner


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_acts_at_the_same_moment_keeps_the_case_and_nobody_waits(owned):
    case, owner = owned

    with ThreadPoolExecutor(max_workers=1) as pool, transaction.atomic():
        defer(case, owner)
        put_back = pool.submit(elsewhere, lambda: release_idle(at=THEN)).result(timeout=20)

    assert put_back == 1  # the other case
    assert release_idle(at=THEN) == 0
    case.refresh_from_db()
    assert (case.status, case.owner) == (CaseStatus.DEFERRED, owner)


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_comes_a_moment_late_is_told_that_the_case_changed(owned):
    case, owner = owned

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            release_idle(at=THEN)
            late = pool.submit(elsewhere, defer, case, owner)
        with pytest.raises(StaleVersion):
            late.result(timeout=20)

    case.refresh_from_db()
    assert (case.status, case.owner, case.version) == (CaseStatus.TRIAGED, None, 2)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_put_each_case_back_once():
    first = held()
    for _ in range(19):
        held(queue=first.queue, facility=first.facility)

    with ThreadPoolExecutor(max_workers=4) as pool:
        done = [pool.submit(elsewhere, lambda: release_idle(at=THEN)) for _ in range(4)]
        total = sum(each.result(timeout=30) for each in done)

    assert total + release_idle(at=THEN) == 20
    assert AuditEvent.objects.filter(verb="case.release").count() == 20
    assert Notification.objects.count() == 20
