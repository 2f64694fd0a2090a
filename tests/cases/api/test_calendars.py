import pytest

from cases.sla.models import Calendar

pytestmark = pytest.mark.django_db
HOUSE = "/api/v1/calendars/house/"


@pytest.fixture
def steward(house):
    return house.client(house.person("rules_steward"))


def test_calendars_are_read_by_who_sees_them(house, steward):
    [row] = steward.get("/api/v1/calendars/").json()["results"]
    assert (row["key"], row["facility"], row["version"]) == ("house", None, 1)
    assert {"on": "2026-12-25", "name": "Christmas Day", "kind": "holiday"} in row["closed_days"]

    assert house.client(house.person("team_lead")).get(HOUSE).status_code == 200
    assert house.client(house.person("coder")).get(HOUSE).status_code == 403


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("hours", {"time_zone": "UTC", "hours": {"1": "08:00–12:00"}}),
        ("close", {"first": "2026-03-04", "last": "2026-03-05", "name": "Move"}),
        ("open", {"on": "2026-12-25"}),
        ("holidays", {"country": "US", "year": 2045}),
    ],
)
def test_each_verb_changes_the_calendar_for_stewards_alone(house, steward, verb, fields):
    body = {"version": 1, "reason": "We move", **fields}
    lead = house.client(house.person("team_lead"))

    assert lead.post(f"{HOUSE}{verb}/", body, format="json").status_code in {403, 409}
    answer = steward.post(f"{HOUSE}{verb}/", body, format="json")
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert steward.post(f"{HOUSE}{verb}/", body, format="json").status_code == 409
    assert Calendar.objects.get(key="house").version == 2


def test_hours_that_cannot_be_counted_are_explained(steward):
    body = {"version": 1, "reason": "r", "time_zone": "UTC", "hours": {"1": "9-5"}}

    answer = steward.post(f"{HOUSE}hours/", body, format="json")

    assert answer.status_code == 400
    assert "is no interval" in answer.content.decode()
