"""A voucher to be dated back, asked for on its page and through the API."""

from datetime import date

import pytest
from django.urls import reverse

from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import unsealed
from cases.work.lifecycle import CaseStatus
from tests.factories.effects import close
from tests.pages import text_of

pytestmark = pytest.mark.django_db
SAID = {"template": "denial_written_off", "amount": "100.00", "on": "2026-01-20", "reason": "Audit"}


@pytest.fixture
def case(house):
    made = house.case()
    close(date(2026, 1, 1), made.facility)
    return made


def facts():
    return dict(unsealed(ApprovalRequest.objects.get().sealed).facts)


def test_it_is_asked_for_on_a_page(reader, case):
    shown = text_of(reader.get(reverse("cases:backdate", args=[case.public_id])))
    assert "Denial written off" in shown

    assert reader.does("backdate", case, **SAID).status_code == 302

    case.refresh_from_db()
    assert case.status == CaseStatus.PENDING_APPROVAL
    assert facts() == {"template": "denial_written_off", "posting_on": "2026-01-20"}


def test_an_open_day_is_refused_on_the_page(reader, case):
    answer = reader.does("backdate", case, **SAID | {"on": "2026-02-10"})

    assert answer.status_code == 409
    assert "nothing is reopened" in text_of(answer)


def test_it_is_asked_for_through_the_api(house, case):
    client = house.client(house.person("denial_specialist"))
    address = f"/api/v1/cases/{case.public_id}/backdate/"

    early = client.post(address, {"version": 1, **SAID, "on": "2026-02-10"}, format="json")
    asked = client.post(address, {"version": 1, **SAID}, format="json")

    assert (early.status_code, early.data["code"]) == (409, "backdating_refused")
    assert (asked.status_code, asked.data["status"]) == (200, "pending_approval")
    assert facts()["posting_on"] == "2026-01-20"
