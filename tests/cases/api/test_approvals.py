"""Approvals and delegations through the API: the same decisions and refusals as on the pages."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing_portal.kernel.days import house_day
from cases.approvals.models import ApprovalRequest, Delegation
from cases.approvals.vocabulary import Act, RequestState
from tests.factories.approvals import (
    ApprovalRequestFactory,
    PolicyVersionFactory,
    policy_content,
)
from tests.factories.approvers import approvers, asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("carried_out")]
LIST = "/api/v1/approvals/"


@pytest.fixture
def case(house):
    return house.case(amount_at_risk=Decimal("480.00"))


@pytest.fixture
def somebody(house, case):
    return approvers(case)


@pytest.fixture
def requester(somebody):
    return somebody("denial_specialist")


@pytest.fixture
def lead(somebody):
    return somebody("team_lead")


@pytest.fixture
def approval(case, requester, lead):
    return asked(case, requester)


def of(approval, name):
    return reverse(f"api:approval-{name}", kwargs={"public_id": approval.public_id})


def verdict(approval, act=Act.APPROVE, **fields):
    seen = ApprovalRequest.objects.get(pk=approval.pk)
    return {"verdict": act.value, "version": seen.version, "digest": seen.digest, **fields}


def test_what_waits_is_listed_read_and_decided(house, lead, approval):
    client = house.client(lead)

    (row,) = client.get(LIST).data["results"]
    shown = client.get(of(approval, "detail"))
    given = {"verdict": "approve", "digest": shown.data["digest"]}
    unnamed = client.post(of(approval, "decide"), given, format="json")
    done = client.post(
        of(approval, "decide"), given, format="json", headers={"If-Match": shown["ETag"]}
    )

    assert (row["reference"], row["amount"], row["steps"]) == (approval.reference, "480.00", 1)
    assert unnamed.status_code == 400
    assert (done.status_code, done.data["state"]) == (200, "approved")
    assert client.get(LIST).data["results"] == []
    assert len(client.get(LIST, {"list": "decided"}).data["results"]) == 1


def test_what_is_stale_not_theirs_or_not_there_is_refused(house, requester, lead, approval):
    client, own = house.client(lead), house.client(requester)
    stranger = house.client(house.person("coder"))
    url = of(approval, "decide")

    stale = client.post(url, verdict(approval) | {"version": 9}, format="json")
    other = client.post(url, verdict(approval) | {"digest": "0" * 64}, format="json")
    silent = client.post(url, verdict(approval, Act.REJECT), format="json")
    mine = own.post(url, verdict(approval), format="json")
    hidden = stranger.post(url, verdict(approval), format="json")

    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert (other.status_code, other.json()["code"]) == (409, "stale_seal")
    assert silent.status_code == 409
    assert (mine.status_code, mine.json()["code"]) == (403, "may_not_decide")
    assert hidden.status_code == 404
    approval.refresh_from_db()
    assert approval.state == RequestState.PENDING


def test_a_token_is_no_fresh_sign_in(house, lead, case, requester):
    policy = PolicyVersionFactory(content=policy_content(fresh_from="100.00"))
    approval = ApprovalRequestFactory(case=case, policy_version=policy, requested_by=requester)

    answer = house.client(lead).post(of(approval, "decide"), verdict(approval), format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "authentication_too_old")


def test_a_question_is_asked_answered_forwarded_and_taken_back(
    house, lead, requester, somebody, approval
):
    other = somebody("team_lead", username="otto")
    client, own = house.client(lead), house.client(requester)
    asking = verdict(approval, Act.RETURN, reason="Which letter?")

    returned = client.post(of(approval, "decide"), asking, format="json").data
    answer = {"reason": "The one of March 3", "version": returned["version"]}
    again = own.post(of(approval, "resubmit"), answer, format="json").data
    ask = {"reason": "Your payer", "version": again["version"], "to": "otto"}
    forwarded = client.post(of(approval, "forward"), ask, format="json")
    take = {"reason": "Paid today", "version": forwarded.data["version"]}
    withdrawn = own.post(of(approval, "withdraw"), take, format="json").data

    assert (returned["state"], again["state"], again["cycle"]) == ("returned", "pending", 2)
    assert ApprovalRequest.objects.get(pk=approval.pk).forwarded_to == other
    assert withdrawn["state"] == "withdrawn"


def test_many_are_approved_together_each_by_itself(house, lead, requester, somebody):
    policy = PolicyVersionFactory(content=policy_content(bulk_up_to="500.00"))
    one, two = (
        ApprovalRequestFactory(
            case=house.case(status="pending_approval"),
            policy_version=policy,
            requested_by=requester,
        )
        for _ in range(2)
    )
    seen = [
        {"id": str(each.public_id), "version": version, "digest": each.digest}
        for each, version in ((one, 1), (two, 7))
    ]

    answer = house.client(lead).post(
        f"{LIST}together/", {"requests": seen, "reason": "Small"}, format="json"
    )

    assert [(each["state"], each["code"]) for each in answer.data] == [
        ("approved", ""),
        ("pending", "stale_version"),
    ]


def test_a_voice_is_given_and_taken_back(house, lead, somebody):
    somebody("team_lead", username="otto")
    client, today = house.client(lead), house_day(timezone.now()).isoformat()
    given = {"taker": "otto", "starts_on": today, "ends_on": today, "reason": "Away"}

    nothing = client.post("/api/v1/delegations/", given | {"max_amount": "0"}, format="json")
    made = client.post("/api/v1/delegations/", given, format="json")
    url = f"/api/v1/delegations/{made.data['id']}/end/"
    foreign = house.client(house.person("coder")).post(url, {"reason": "x", "version": 1})
    ended = client.post(url, {"reason": "Back again", "version": 1}, format="json")

    assert nothing.status_code == 400
    assert (made.status_code, made.data["taker"]) == (201, "otto")
    assert foreign.status_code == 404
    assert ended.data["revoked_at"] is not None
    assert len(client.get("/api/v1/delegations/").data["results"]) == 1


def test_a_voice_is_given_for_who_is_away_by_a_manager_alone(house, lead, somebody):
    otto, manager = somebody("team_lead", username="otto"), somebody("rc_manager")
    today = house_day(timezone.now()).isoformat()
    given = {"giver": lead.username, "taker": "otto", "starts_on": today, "ends_on": today}

    def sent(by):
        body = given | {"reason": "Ill since yesterday"}
        return house.client(by).post("/api/v1/delegations/", body, format="json")

    assert sent(otto).status_code == 403
    assert (sent(manager).status_code, Delegation.objects.get().giver) == (201, lead)
    assert len(house.client(manager).get("/api/v1/delegations/").data["results"]) == 1


@pytest.mark.parametrize("rows", [1, 25])
def test_a_list_costs_the_same_queries_for_any_number_of_rows(
    house, lead, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        ApprovalRequestFactory(case=house.case())
    client = house.client(lead)

    with django_assert_max_num_queries(13):
        answer = client.get(LIST)

    assert len(answer.data["results"]) == rows
