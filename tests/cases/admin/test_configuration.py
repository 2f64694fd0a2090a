"""What may be configured: nothing that would stop the house is taken, and it says why not."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from cases.routing.models import RoutingRule
from cases.sla.models import Calendar, Clock, Target, Unit
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


@pytest.mark.parametrize("model", [AdjustmentCode, RemarkCode])
@pytest.mark.parametrize(("ends", "is_taken"), [("2020-06-01", False), ("2020-06-02", True)])
def test_a_code_holds_for_a_day_at_least(model, ends, is_taken, steward):
    code = model.objects.order_by("pk").first()

    errors = save(steward, code, valid_from="2020-06-01", valid_to=ends)

    assert (not errors) == is_taken
    assert is_taken or "valid_to" in errors
    assert (code.valid_to == date(2020, 6, 2)) == is_taken


def test_a_code_map_is_edited_for_the_next_denial(steward):
    code = AdjustmentCode.objects.get(code="197", valid_to=None)
    billing = Queue.objects.get(key="billing")

    assert not save(steward, code, queue=billing.pk, words="No authorization")

    assert (code.queue, code.words, code.version) == (billing, "No authorization", 2)
    assert code.history.order_by("-pk").first().history_change_reason == "For a test"


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
    ("unit", "longest"),
    [(Unit.BUSINESS_HOURS, 500), (Unit.BUSINESS_DAYS, 250), (Unit.CALENDAR_DAYS, 1_000)],
)
def test_a_target_can_be_counted_in_a_calendar(unit, longest, house, steward):
    with house.acting():
        target = Target.objects.create(
            queue=house.auth, clock=Clock.RESOLVE, amount=1, unit=Unit.CALENDAR_DAYS
        )

    refused = save(steward, target, amount=longest + 1, unit=unit.value)
    taken = save(steward, target, amount=longest, unit=unit.value)

    assert "amount" in refused
    assert not taken
    assert due_times(places=[Place(house.auth.pk, house.north.pk)], at=OPENED)


@pytest.mark.parametrize(
    "row",
    [
        lambda: Queue.objects.get(key="triage"),
        lambda: Calendar.objects.get(key="house"),
        lambda: RoutingRule.objects.order_by("position").first(),
    ],
    ids=["queue", "calendar", "rule"],
)
def test_a_key_is_given_once(row, steward):
    held = row()

    save(steward, held, key="another")

    assert row() == held


@pytest.mark.parametrize(
    "condition",
    ["{}", "[]", "null", "7", '{"all": "x"}', '{"field": "category"}', '{"nobody": []}'],
)
def test_a_condition_that_is_no_tree_is_refused(condition, steward):
    rule = RoutingRule.objects.order_by("position").first()

    assert "condition" in save(steward, rule, condition=condition)
    assert rule.version == 1


def test_the_queue_for_what_nobody_else_takes_stays_open(steward):
    triage = Queue.objects.get(key="triage")

    body = fields_of(steward, triage)
    body.pop("is_active")
    answer = steward.post(address(triage), body)

    assert "is_active" in answer.context["adminform"].form.errors
    assert Queue.objects.get(key="triage").is_active
