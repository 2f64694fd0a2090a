"""Credit balances through the API: the same verbs, the same refusals."""

import pytest

from cases.types.refund.models import FederalAct, RefundCheck, Research, Return
from tests.factories.integrations import PayerFactory
from tests.factories.refunds import approved_refund, credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def medicare(db):
    return PayerFactory(payer_class="medicare")


@pytest.fixture
def case(house, medicare):
    made = credit(payer=medicare)
    house.grant("credit_balance_analyst", made.queue, "view_queue", "work_queue")
    house.grant("credit_balance_analyst", made.facility, "view_facility")
    return made


@pytest.fixture
def client(house, case):
    return house.client(house.person("credit_balance_analyst"))


def post(client, case, verb, **fields):
    case.refresh_from_db()
    given = {"version": case.version, **fields}
    given = {name: value for name, value in given.items() if value is not None}
    return client.post(f"/api/v1/cases/{case.public_id}/{verb}/", given, format="json")


def test_a_credit_is_researched_signed_and_sent_back(client, case, medicare):
    found = {"outcome": "of_payer", "amount": "120.00", "payer": medicare.key, "reason": "Twice"}
    assert post(client, case, "research", **found).status_code == 200
    signed = post(client, case, "sign", kind="identified", on="2026-01-10", reason="Seen")
    assert signed.data["deadline_on"] == "2026-03-11"
    sent = post(client, case, "refund", way="recoup", reason="Agreed")

    assert sent.data["status"] == "pending_payer"
    assert (Research.objects.count(), FederalAct.objects.count()) == (1, 1)
    assert Return.objects.get().way == "recoup"


def test_a_check_is_kept_and_followed(client, case):
    nobodys = {"number": "7", "issued_on": "2026-03-03", "reason": "Printed"}
    assert post(client, case, "check", version=None, **nobodys).status_code == 400
    assert post(client, case, "check", **nobodys).data["code"] == "credit_refused"
    approved_refund(case)

    assert post(client, case, "check", **nobodys).status_code == 200
    moved = {"number": "7", "to": "outstanding", "on": "2026-03-04", "reason": "Mailed"}
    assert post(client, case, "check_moved", version=None, **moved).status_code == 200
    assert RefundCheck.objects.get().status == "outstanding"
    assert post(client, case, "check_moved", version=None, **moved).data["code"] == "check_refused"


def test_a_refusal_has_its_code(client, case):
    answer = post(client, case, "refund", way="recoup", reason="Agreed")

    assert (answer.status_code, answer.data["code"]) == (409, "credit_refused")
    stranger = post(client, case, "sign", kind="soon", on="2026-01-10", reason="Seen")
    assert stranger.status_code == 400
