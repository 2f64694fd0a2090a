"""What may be configured: nothing that would stop the house is taken, and it says why not."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from cases.priority.models import Weighting
from cases.routing.models import RoutingRule
from cases.sla.models import Calendar, Target
from cases.sla.services import Place, due_times
from cases.types.denial.models import AdjustmentCode, RemarkCode
from cases.work.models import Queue
from tests.house import OPENED, House

pytestmark = pytest.mark.django_db
WEEK = '{"1": [["08:00", "12:00"], ["13:00", "17:00"]]}'


@pytest.fixture
def steward(house: House, settings) -> Client:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    client = Client(raise_request_exception=False)
    client.force_login(house.person("rules_steward"))
    return client


def address(row) -> str:
    return reverse(f"admin:cases_{row._meta.model_name}_change", args=[row.pk])


def fields_of(client: Client, row) -> dict:
    """What the form of a row shows, with a reason."""
    form = client.get(address(row)).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value is not None} | {
        "change_reason": "For a test"
    }


def save(client: Client, row, **changes):
    """Save the form of a row with some fields changed; its errors, by field."""
    answer = client.post(address(row), fields_of(client, row) | changes)
    assert answer.status_code in {200, 302}, answer.status_code
    row.refresh_from_db()
    return {} if answer.status_code == 302 else answer.context["adminform"].form.errors


@pytest.mark.parametrize("model", [RoutingRule, Target, Weighting, AdjustmentCode, RemarkCode])
def test_what_has_a_book_is_only_read_here(model, steward):
    row = model.objects.order_by("pk").first()
    page = steward.get(address(row))

    assert b'href="/rules/"' in page.content
    assert b'name="_save"' not in page.content
    assert steward.post(address(row), {"change_reason": "x"}).status_code == 403


@pytest.mark.parametrize("zone", ["Not/AZone", "", "../../etc/passwd", "Europe"])
def test_a_calendar_stands_in_a_time_zone_that_is(zone, steward):
    house = Calendar.objects.get(key="house")

    assert "time_zone" in save(steward, house, time_zone=zone, hours=WEEK)
    assert house.version == 1


@pytest.mark.parametrize(
    "hours",
    [
        "{}",
        "[]",
        "-1",
        "null",
        '"always"',
        '{"1": []}',
        '{"8": [["08:00", "17:00"]]}',
        '{"Monday": [["08:00", "17:00"]]}',
        '{"1": [["17:00", "08:00"]]}',
        '{"1": [["08:00", "12:00"], ["11:00", "17:00"]]}',
        '{"1": [["08:00"]]}',
        '{"1": [["08:00", "25:00"]]}',
        '{"1": ["08:00", "17:00"]}',
        '{"1": [[8, 17]]}',
        '{"1": [["20:00", "00:00"], ["08:00", "12:00"]]}',
        '{"1": [["08:00+02:00", "17:00+02:00"]]}',
    ],
)
def test_hours_that_cannot_be_counted_are_explained(hours, steward):
    house = Calendar.objects.get(key="house")

    assert "hours" in save(steward, house, time_zone="America/Chicago", hours=hours)
    assert house.version == 1


@pytest.mark.parametrize(
    "week", [WEEK, '{"1": [["08:00", "00:00"]]}', '{"1": [["00:00", "00:00"]]}']
)
def test_hours_that_can_be_counted_hold_at_once(week, house, steward):
    calendar = Calendar.objects.get(key="house")

    assert not save(steward, calendar, time_zone="America/Chicago", hours=week)

    place = Place(house.auth.pk, house.north.pk)
    closes = due_times(places=[place], at=OPENED)[place].resolve_due_at
    last_minute = (closes - timedelta(minutes=1)).astimezone(ZoneInfo(house.north.time_zone))
    assert last_minute.isoweekday() == 1


@pytest.mark.parametrize(
    "row",
    [
        lambda: Queue.objects.get(key="triage"),
        lambda: Calendar.objects.get(key="house"),
    ],
    ids=["queue", "calendar"],
)
def test_a_key_is_given_once(row, steward):
    held = row()

    save(steward, held, key="another")

    assert row() == held


def test_the_queue_for_what_nobody_else_takes_stays_open(steward):
    triage = Queue.objects.get(key="triage")

    body = fields_of(steward, triage)
    body.pop("is_active")
    answer = steward.post(address(triage), body)

    assert "is_active" in answer.context["adminform"].form.errors
    assert Queue.objects.get(key="triage").is_active


@pytest.mark.parametrize(("hours", "releases"), [("", "on"), ("0", "on"), ("0", "")])
def test_a_queue_that_puts_idle_cases_back_says_after_how_long(house, steward, hours, releases):
    changes = {"idle_hours": hours, "releases_idle": releases}

    assert "idle_hours" in save(steward, house.auth, **changes)


def test_a_queue_puts_idle_cases_back_from_then_on(house, steward):
    assert save(steward, house.auth, idle_hours="16", releases_idle="on") == {}
    assert (house.auth.idle_hours, house.auth.releases_idle) == (16, True)
