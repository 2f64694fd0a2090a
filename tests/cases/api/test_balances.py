"""A batch of small balances through the API: the same verbs, the same refusals."""

import pytest

from cases.approvals.models import ApprovalRequest
from tests.factories.balances import batch_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(house):
    made = batch_of("4.00", "9.99")
    house.grant("patient_rep", made.queue, "view_queue", "work_queue")
    house.grant("patient_rep", made.facility, "view_facility")
    return made


@pytest.fixture
def client(house, case):
    return house.client(house.person("patient_rep"))


def post(client, case, verb, **fields):
    case.refresh_from_db()
    given = {"version": case.version, "reason": "Two statements, no answer", **fields}
    return client.post(f"/api/v1/cases/{case.public_id}/{verb}/", given, format="json")


def sample(client, case):
    return client.get(f"/api/v1/cases/{case.public_id}/sample/").json()


def test_the_sample_is_read_looked_at_and_the_batch_asked_to_be_signed(client, case):
    [drawn] = sample(client, case)
    assert (drawn["outcome"], drawn["amount"]) in {(None, "4.00"), (None, "9.99")}

    early = post(client, case, "request_signature")
    looked = post(client, case, "look", position=drawn["position"], outcome="right")
    asked = post(client, case, "request_signature")

    assert (early.status_code, early.data["code"]) == (409, "batch_refused")
    assert looked.status_code == 200
    assert (asked.status_code, asked.data["status"]) == (200, "pending_approval")
    assert sample(client, case)[0]["outcome"] == "right"
    assert ApprovalRequest.objects.get().amount == case.amount_at_risk


def test_a_wrong_one_takes_the_batch_back(client, case):
    [drawn] = sample(client, case)

    answer = post(client, case, "look", position=drawn["position"], outcome="wrong")

    assert (answer.status_code, answer.data["disposition"]) == (200, "taken_back")


def test_other_cases_have_no_sample(house):
    client = house.client(house.person("denial_specialist"))
    address = f"/api/v1/cases/{house.case().public_id}/"

    assert client.get(f"{address}sample/").status_code == 404
    said = {"version": 1, "reason": "r"}
    assert client.post(f"{address}request_signature/", said, format="json").status_code == 409
