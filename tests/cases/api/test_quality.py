"""The second look, and sharing out anew, through the API."""

import json

import pytest

from billing_portal.audit.models import AuditEvent
from tests.factories.quality import QaSampleFactory
from tests.house import CANARY, House

pytestmark = pytest.mark.django_db
REVIEWS = "/api/v1/reviews/"


def test_a_sample_is_answered_blind(house: House):
    sample = QaSampleFactory(case=house.case())
    QaSampleFactory(case=house.canaries()[0])
    client = house.client(house.person("denial_specialist"))

    listed = client.get(REVIEWS)
    (row,) = listed.data["results"]
    given = {"verdict": "duplicate", "reason": "The same service twice."}
    answer = client.post(f"{REVIEWS}{sample.public_id}/answer/", given, format="json")

    assert CANARY not in listed.content.decode()
    assert "disposition" not in row
    shown = AuditEvent.objects.get(verb="worklist.shown")
    assert (shown.subject, json.loads(shown.body)["cases"]) == (
        REVIEWS,
        [str(sample.case.public_id)],
    )
    assert answer.data["agrees"] is True
    assert client.get(REVIEWS).data["results"] == []


def test_an_even_spread_is_drafted_and_then_started_as_a_batch(house: House):
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    house.grant("team_lead", house.north, "view_facility")
    one, two = (house.person("denial_specialist", username=name) for name in ("ada", "ben"))
    for _ in range(4):
        house.case(owner=one, status="in_work")
    client = house.client(house.person("team_lead"))
    given = {"queue": "test-auth", "people": ["ada", "ben"], "reason": "Ada is away"}

    for alone in (["ada"], ["ada", "ada"]):
        answer = client.post("/api/v1/team/rebalance/", given | {"people": alone}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "too_few_people")
    (share,) = client.post("/api/v1/team/rebalance/", given, format="json").data
    started = client.post(f"/api/v1/bulk/{share['id']}/start/")

    assert (share["owner"], share["cases"], share["amount"]) == ("ben", 2, "800.00")
    assert started.status_code == 200
    assert two.cases.count() == 2
    assert client.get("/api/v1/team/finished/").data == []
