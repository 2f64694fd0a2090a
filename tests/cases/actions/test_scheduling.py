from datetime import date

import pytest

from billing_portal.audit.models import AuditEvent
from cases.actions import scheduling
from cases.jobs import services as jobs
from cases.sla.models import Calendar, Holiday
from cases.work.models import Case
from cases.work.services import ReasonMissing
from tests.cases.sla.services.test_clocks import LATER, opened, stands
from tests.factories.integrations import FacilityFactory, PayerFactory
from tests.factories.people import PersonFactory
from tests.house import House

pytestmark = pytest.mark.django_db
MOVE = scheduling.Close(date(2026, 3, 4), date(2026, 3, 5), "Move")


@pytest.fixture
def steward():
    return House.built().person("rules_steward")


def house():
    return Calendar.objects.get(key="house")


def change(by, edit=MOVE, **fields):
    given = {"calendar": house(), "edit": edit, "by": by, "reason": "We move", "at": LATER}
    return scheduling.change(**given | {"seen_version": 1} | fields)


def test_a_change_holds_at_once_and_running_clocks_are_counted_anew(steward):
    [case] = opened()
    due = stands(case).due_at

    job = change(steward)
    assert (job.total, house().version) == (1, 2)
    while not job.is_finished:
        job = jobs.work_next(at=LATER)

    assert (stands(case).due_at - due).days == 2
    fresh = Case.objects.get(pk=case.pk)
    assert fresh.resolve_due_at == stands(case).due_at
    assert "We move" in fresh.history.latest("history_id").history_change_reason
    event = AuditEvent.objects.filter(chain="config:calendar").latest("seq")
    assert (event.verb, event.reason) == ("calendar.changed", "We move")


def test_without_running_clocks_there_is_no_job(steward):
    assert change(steward) is None


def test_what_a_change_would_do_is_counted_and_nothing_stays(steward):
    opened(2)
    before = Holiday.objects.count()

    effect = scheduling.effect(calendar=house(), edit=MOVE, by=steward, at=LATER)
    far = scheduling.Close(date(2027, 8, 2), date(2027, 8, 3), "Later")
    none = scheduling.effect(calendar=house(), edit=far, by=steward, at=LATER)

    assert (effect.running, effect.looked_at, effect.changed, effect.is_exact) == (2, 2, 2, True)
    assert none.changed == 0
    assert (Holiday.objects.count(), house().version) == (before, 1)


def test_others_do_not_change_calendars(steward):
    other = PersonFactory()
    with pytest.raises(scheduling.MayNotEdit):
        change(other)
    with pytest.raises(scheduling.MayNotEdit):
        scheduling.effect(calendar=house(), edit=MOVE, by=other, at=LATER)
    assert house().version == 1


def test_a_change_names_its_reason_and_the_version_it_saw(steward):
    with pytest.raises(ReasonMissing):
        change(steward, reason=" ")
    with pytest.raises(scheduling.CalendarChanged):
        change(steward, seen_version=2)
    assert house().version == 1


def test_a_sites_own_calendar_takes_over_its_running_clocks(steward):
    [case] = opened()
    given = {"name": "Its own", "time_zone": "UTC", "by": steward, "reason": "It has its hours"}

    made, job = scheduling.open_calendar(key="own", whose=case.facility, **given)
    while not job.is_finished:
        job = jobs.work_next(at=LATER)

    assert stands(case).terms.calendar == made
    with pytest.raises(scheduling.HasCalendar):
        scheduling.open_calendar(key="own-2", whose=case.facility, **given)
    assert scheduling.open_calendar(key="payer", whose=PayerFactory(), **given)[1] is None
    assert scheduling.open_calendar(key="idle", whose=FacilityFactory(), **given)[1] is None
