from datetime import date

import pytest

from billing_portal.access.actor import system_actor
from cases.sla.models import Calendar, Holiday
from cases.sla.services.calendars import (
    Close,
    DaysRefused,
    Open,
    SeedHolidays,
    SetHours,
    add,
    public_holidays,
)
from tests.factories.cases import CalendarFactory, HolidayFactory
from tests.factories.integrations import FacilityFactory, PayerFactory

pytestmark = pytest.mark.django_db
BY = {"reason": "For a test"}


def do(edit, calendar):
    edit.write(calendar, by=system_actor("tests"), **BY)


def days(calendar):
    rows = Holiday.objects.filter(calendar=calendar).order_by("on")
    return list(rows.values_list("on", "name", "kind"))


def test_a_closure_is_a_row_a_day_and_leaves_holidays_alone():
    calendar = HolidayFactory(on=date(2026, 3, 3)).calendar

    do(Close(date(2026, 3, 2), date(2026, 3, 4), "Move"), calendar)

    assert days(calendar) == [
        (date(2026, 3, 2), "Move", "closure"),
        (date(2026, 3, 3), "Founders' day", "holiday"),
        (date(2026, 3, 4), "Move", "closure"),
    ]


@pytest.mark.parametrize("last", [date(2026, 3, 1), date(2026, 5, 1)])
def test_a_closure_is_one_day_to_sixty(last):
    with pytest.raises(DaysRefused):
        do(Close(date(2026, 3, 2), last, "Move"), CalendarFactory())


def test_a_closed_day_can_be_open_again_and_its_history_says_who():
    row = HolidayFactory()

    do(Open(row.on), row.calendar)

    assert days(row.calendar) == []
    gone = Holiday.history.filter(id=row.pk).latest("history_id")
    assert (gone.history_type, gone.history_change_reason) == ("-", "For a test")
    with pytest.raises(DaysRefused, match="is no closed day"):
        do(Open(row.on), row.calendar)


def test_public_holidays_are_those_of_the_year():
    calendar = CalendarFactory()

    do(SeedHolidays("us", 2027), calendar)

    assert (date(2027, 12, 24), "Christmas Day (observed)", "holiday") in days(calendar)
    with pytest.raises(DaysRefused, match="closed on these days already"):
        do(SeedHolidays("US", 2027), calendar)
    assert len(public_holidays("US", "IL", 2027)) > len(public_holidays("US", "", 2027))
    with pytest.raises(DaysRefused, match="No public holidays are known for “XX”"):
        public_holidays("XX", "", 2027)


def test_hours_are_set_on_the_row():
    calendar = CalendarFactory()
    do(SetHours({"1": [["09:00", "10:00"]]}, "UTC"), calendar)

    assert (calendar.hours, calendar.time_zone) == ({"1": [["09:00", "10:00"]]}, "UTC")


def test_a_new_calendar_begins_as_the_houses():
    house = Calendar.objects.get(key="house")
    by, named = system_actor("tests"), {"name": "Its own", "time_zone": "UTC"}

    site = add(key="site", whose=FacilityFactory(), by=by, **named, **BY)
    payer = add(key="payer", whose=PayerFactory(), by=by, **named, **BY)

    assert (site.hours, days(site)) == (house.hours, days(house))
    assert (site.payer, payer.facility) == (None, None)
