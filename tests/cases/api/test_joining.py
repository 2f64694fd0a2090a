"""Merging and splitting by the API."""

import pytest
from rest_framework.test import APIClient

from cases.work.models import Case, Queue
from tests.factories.integrations import ClaimFactory
from tests.factories.joining import denied
from tests.factories.people import granted
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(db):
    first = denied("100.00", "50.00")
    claim = ClaimFactory(patient=first.claim.patient, facility=first.facility)
    return first, denied("30.00", claim=claim)


@pytest.fixture
def client(two) -> APIClient:
    house = House.built()
    return house.client(granted(queues=Queue.objects.all(), facilities=[two[0].facility]))


def at(case, verb):
    return f"/api/v1/cases/{case.public_id}/{verb}"


def named(case, version=1):
    return {"id": str(case.public_id), "version": version}


def test_a_merge_answers_with_the_case_that_stays_once_however_often_sent(client, two):
    keeper, other = two
    body = {"version": 1, "into": named(keeper), "reason": "One account"}
    key = {"HTTP_IDEMPOTENCY_KEY": "merge-once-1234"}

    answers = [client.post(at(other, "merge/"), body, "json", **key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["amount_at_risk"] == "180.00"
    ended = client.get(at(other, "")).json()
    assert (ended["status"], ended["merged_into"]) == ("merged", str(keeper.public_id))
    undone = client.post(at(other, "undo/"), {"version": 2}, "json")
    assert (undone.status_code, undone.json()["merged_into"]) == (200, None)


def test_several_end_in_one(client, two):
    keeper, other = two
    third = denied(
        "7.00", claim=ClaimFactory(patient=keeper.claim.patient, facility=keeper.facility)
    )
    body = {"version": 1, "into": named(keeper), "others": [named(third)], "reason": "One"}

    assert client.post(at(other, "merge/"), body, "json").json()["amount_at_risk"] == "187.00"


def test_a_split_names_parts_and_answers_with_the_new_case(client, two):
    case, _ = two
    items = client.get(at(case, "items/")).json()
    assert [item["amount"] for item in items] == ["100.00", "50.00"]

    body = {"version": 1, "items": [items[1]["key"]], "reason": "Coding’s part"}
    made = client.post(at(case, "split/"), body, "json").json()

    assert (made["amount_at_risk"], made["version"]) == ("50.00", 1)
    assert client.get(at(case, "")).json()["amount_at_risk"] == "100.00"


def test_what_is_refused_says_why(client, two):
    case, other = two
    stranger = denied("5.00", claim=ClaimFactory(facility=case.facility))
    body = {"version": 1, "into": named(stranger), "reason": "r"}

    refused = client.post(at(other, "merge/"), body, "json")
    stale = client.post(at(other, "merge/"), body | {"into": named(case, 9)}, "json")
    nothing = client.post(at(case, "split/"), {"version": 1, "items": [], "reason": "r"}, "json")

    assert (refused.status_code, refused.json()["code"]) == (409, "join_refused")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert nothing.status_code in {400, 409}
    assert set(Case.objects.values_list("version", flat=True)) == {1}
