"""Emergency access through the API, and a case to be void."""

import pytest
from django.utils import timezone

from billing_portal.access.models import EmergencyGrant
from cases.types.emergency_access.models import EmergencyReview
from cases.types.emergency_access.queries import emergency_of
from tests.factories.approvers import approvers
from tests.factories.cases import QueueFactory
from tests.factories.emergencies import LONG_AGO, opened
from tests.factories.integrations import FacilityFactory

pytestmark = pytest.mark.django_db
API = "/api/v1/emergencies/"


@pytest.fixture
def asked():
    return {
        "queue": QueueFactory().key,
        "facility": FacilityFactory().key,
        "hours": 2,
        "reason": "The desk is ill",
    }


def test_somebody_asks_once_and_reads_their_own(house, asked):
    client, other = (house.client(house.person("coder")) for _ in range(2))

    made, again = (client.post(API, asked, format="json") for _ in range(2))

    assert (made.status_code, again.data["code"]) == (201, "emergency_refused")
    assert (made.data["state"], made.data["begins_at"]) == ("pending", None)
    assert client.get(API).json() == [made.json()]
    assert other.get(API).json() == []


@pytest.mark.parametrize("hours", [0, 9])
def test_an_emergency_is_short(house, asked, hours):
    client = house.client(house.person("coder"))

    assert client.post(API, asked | {"hours": hours}, format="json").status_code == 400


def test_its_asker_ends_it_and_nobody_else(house):
    person = house.person("coder")
    held = emergency_of(opened(person)).request
    address = f"{API}{held.public_id}/end/"
    opened(person)

    assert house.client(house.person("coder")).post(address).status_code == 404
    answer = house.client(person).post(address)
    assert (answer.status_code, answer.data["reference"]) == (200, held.reference)
    assert answer.data["ends_at"] < timezone.now().isoformat()
    assert not EmergencyGrant.objects.in_force().filter(reference=held.reference).exists()
    assert EmergencyGrant.objects.in_force().exists()


def test_a_third_person_reviews_it(house):
    case = opened(ago=LONG_AGO)
    client = house.client(approvers(case)("rc_manager"))
    said = {"version": case.version, "verdict": "justified", "reason": "Read it all"}

    answer = client.post(f"/api/v1/cases/{case.public_id}/review_emergency/", said, format="json")

    assert (answer.status_code, answer.data["status"]) == (200, "resolved")
    assert EmergencyReview.objects.get().verdict == "justified"


def test_a_case_is_asked_to_be_void(house):
    client, case = house.client(house.person("denial_specialist")), house.case()
    said = {"version": case.version, "reason": "A test file"}

    answer = client.post(f"/api/v1/cases/{case.public_id}/void/", said, format="json")

    assert (answer.status_code, answer.data["status"]) == (200, "pending_approval")
