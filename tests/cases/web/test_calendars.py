import pytest

from cases.sla.models import Calendar, Holiday
from tests.cases.sla.services.test_clocks import opened
from tests.pages import Reader, hidden_fields, text_of

HOUSE = "/calendars/house/"


@pytest.fixture
def steward(house):
    return Reader.of(house.person("rules_steward", username="steward"))


def send(reader, address, **typed):
    given = hidden_fields(reader.get(address).content.decode())
    return reader.post(address, {**given, "reason": "We move", **typed})


def test_the_calendars_and_one_of_them(steward):
    assert "House: weekdays 8 to 5" in text_of(steward.get("/calendars/"))

    page = text_of(steward.get(HOUSE, {"month": "2026-12", "opened": "2026-12-18T16:30"}))

    assert "December 2026" in page
    assert "Christmas Day" in page
    assert "A case opened Fri Dec 18, 2026, 16:30 is due" in page
    assert "Mon Dec 21, 2026, 11:30" in page  # four business hours, across the weekend
    assert "due in four business hours" in page  # across daylight saving


@pytest.mark.parametrize(
    "asked",
    [
        {"month": "never"},
        {"month": "0001-01"},
        {"month": "9999-12"},
        {"opened": "never"},
        {"opened": "2026-99"},
        {"opened": "0001-01-01T00:00"},
        {"opened": "9999-12-31T23:59"},
    ],
)
def test_an_address_that_makes_no_sense_shows_today(steward, asked):
    assert steward.get(HOUSE, asked).status_code == 200


def test_the_first_and_the_last_month_are_shown(steward):
    for month, opened_at, shown in (
        ("2000-01", "2000-01-01T00:00", "January 2000"),
        ("2100-12", "2100-12-31T23:59", "December 2100"),
    ):
        assert shown in text_of(steward.get(HOUSE, {"month": month, "opened": opened_at}))


def test_leads_read_and_do_not_change(house):
    lead = Reader.of(house.person("team_lead", username="lead"))

    assert "Add a closure" not in text_of(lead.get(HOUSE))
    assert lead.get(f"{HOUSE}close/").status_code == 403
    assert Reader.of(house.person("coder")).get("/calendars/").status_code == 403


def test_a_closure_is_looked_at_and_then_saved(steward):
    opened(1)
    typed = {"first": "2026-03-04", "last": "2026-03-05", "name": "Move"}

    looked = send(steward, f"{HOUSE}close/", do="look", **typed)
    assert "1 of the 1 cases whose clocks run in this calendar would be due" in text_of(looked)
    assert not Holiday.objects.filter(name="Move").exists()

    saved = send(steward, f"{HOUSE}close/", do="save", **typed)
    assert saved["Location"].startswith("/jobs/")
    assert Holiday.objects.filter(name="Move").count() == 2


def test_hours_that_overlap_are_refused_at_their_day(steward):
    typed = {"day_1": "08:00–12:00, 11:00–17:00", "time_zone": "America/Chicago"}

    answer = send(steward, f"{HOUSE}hours/", **typed)

    assert answer.status_code == 422
    assert "Monday: 11:00–17:00 begins before" in text_of(answer)
    send(steward, f"{HOUSE}hours/", **typed | {"day_1": "08:00–12:00, 13:00–17:00"})
    assert Calendar.objects.get(key="house").hours == {
        "1": [["08:00", "12:00"], ["13:00", "17:00"]]
    }


def test_a_stale_form_saves_nothing(steward):
    send(steward, f"{HOUSE}open/", on="2026-12-25")

    answer = steward.post(
        f"{HOUSE}open/", {"seen_version": 1, "reason": "Again", "on": "2026-11-26"}
    )

    assert answer.status_code == 409
    assert "was changed after you opened it" in text_of(answer)


def test_public_holidays_are_added_by_year(steward):
    before = Holiday.objects.count()
    send(steward, f"{HOUSE}holidays/", country="US", year="2045")

    assert Holiday.objects.count() > before


def test_a_site_gets_a_calendar_of_its_own(steward, house):
    typed = {"facility": house.north.pk, "name": "North", "slug": "north", "time_zone": "UTC"}

    assert send(steward, "/calendars/add/", **typed)["Location"] == "/calendars/north/"
    neither = send(steward, "/calendars/add/", name="None", slug="none", time_zone="UTC")
    assert "Choose a site or a payer" in text_of(neither)


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_queries_for_any_number(
    steward, house, rows, django_assert_max_num_queries
):
    hours = {"1": [["08:00", "09:00"]]}
    with house.acting():
        for number in range(rows):
            Calendar.objects.create(key=f"c{number}", name="C", time_zone="UTC", hours=hours)
    steward.get("/calendars/")

    with django_assert_max_num_queries(12):
        steward.get("/calendars/")
