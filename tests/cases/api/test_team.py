"""The team's numbers through the API."""

import pytest

from tests.house import CANARY, House

pytestmark = pytest.mark.django_db
TEAM = "/api/v1/team/"


def test_a_lead_reads_load_and_ages(house: House):
    house.grant("team_lead", house.auth, "view_queue", "lead_queue")
    house.grant("team_lead", house.north, "view_facility")
    worker = house.person("denial_specialist", username="worker")
    house.case(owner=worker, status="in_work")
    house.canaries(2)

    answer = house.client(house.person("team_lead")).get(TEAM)

    (load,) = answer.data["loads"]
    assert (load["owner"], load["queue"], load["open_cases"]) == ("worker", "test-auth", 1)
    assert sum(answer.data["ages"][0]["counts"]) == 1
    assert len(answer.data["buckets"]) == 7
    assert CANARY not in answer.content.decode()


def test_who_leads_nothing_reads_nothing(house: House):
    house.case()

    assert house.client(house.person("denial_specialist")).get(TEAM).data["loads"] == []
