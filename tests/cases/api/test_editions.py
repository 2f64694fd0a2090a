"""Editions through the API: the same way from draft to in force, the same refusals."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.routing.models import RoutingRule
from tests.checksums import changed, checksums
from tests.factories.cases import EditionFactory
from tests.house import House

pytestmark = pytest.mark.django_db
EDITIONS = "/api/v1/editions/"
NOW = "2026-01-01T00:00:00Z"


class Steps:
    """One edition of the routing rules, and those who work on it."""

    def __init__(self, house):
        self.steward = house.client(house.person("rules_steward"))
        self.approver = house.client(house.person("release_approver"))
        answer = self.steward.post(f"{EDITIONS}draft/", {"book": "routing"}, format="json")
        assert answer.status_code == 201
        self.edition = answer.data

    @property
    def address(self):
        return f"{EDITIONS}{self.edition['id']}/"

    def do(self, verb, by=None, **given):
        body = {"version": self.edition["version"], **given}
        answer = (by or self.steward).post(f"{self.address}{verb}/", body, format="json")
        if answer.status_code == 200:
            self.edition = answer.data
        return answer

    def save(self):
        rules = self.edition["content"]["rules"]
        rules[0] = {**rules[0], "queue": "cob"}
        return self.do("save", content={"rules": rules}, note="Posters are full")

    def backtest(self):
        answer = self.steward.post(f"{self.address}backtest/", {"days": 30}, format="json")
        self.edition = self.steward.get(self.address).data
        return answer


@pytest.fixture
def steps(house: House):
    return Steps(house)


def test_an_edition_goes_all_the_way(steps):
    assert steps.save().status_code == 200
    assert steps.backtest().data["report"]["cases"] == 0
    assert steps.do("request-review").data["state"] == "in_review"
    assert steps.do("approve", steps.approver).data["state"] == "approved"
    released = steps.do("schedule", steps.approver, activates_at=NOW)

    assert released.data["state"] == "active"
    assert released["ETag"] == f'"{released.data["version"]}"'
    assert RoutingRule.objects.used().first().queue.key == "cob"
    listed = steps.approver.get(EDITIONS, {"book": "routing", "state": "superseded"}).data
    former = listed["results"][0]["id"]
    back = steps.approver.post(
        f"{EDITIONS}{former}/roll-back/", {"reason": "Too many"}, format="json"
    )
    assert (back.data["state"], back.data["restores"]) == ("active", former)


def test_what_differs_is_said_in_words(steps):
    steps.save()

    found = steps.approver.get(f"{steps.address}difference/").data

    [changed] = found["changed"]
    assert [said["label"] for said in changed["says"]] == ["Goes to"]
    assert not found["added"]


def test_who_wrote_it_may_not_judge_it(house, steps):
    both = house.person("rules_steward", "release_approver")
    steps.steward = house.client(both)
    answer = steps.steward.post(f"{EDITIONS}draft/", {"book": "routing"}, format="json")
    steps.edition = answer.data
    steps.do("request-review")

    refused = steps.do("approve")

    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_release")


@pytest.mark.parametrize(
    ("verb", "given", "status", "code"),
    [
        ("save", {"content": {"rules": [1]}}, 422, "content_refused"),
        ("save", {"content": {"rules": []}, "version": 9}, 409, "stale_version"),
        ("save", {"content": [], "nothing": 1}, 400, "invalid"),
    ],
)
def test_what_is_refused_is_a_problem(verb, given, status, code, steps):
    answer = steps.do(verb, **given)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_comes_into_force_untried(steps):
    steps.save()
    steps.do("request-review")
    steps.do("approve", steps.approver)

    answer = steps.do("schedule", steps.approver, activates_at=timezone.now().isoformat())

    assert (answer.status_code, answer.json()["code"]) == (409, "backtest_missing")


def test_a_draft_is_sent_back_or_withdrawn(steps):
    steps.do("request-review")
    assert steps.do("send-back", steps.approver, reason="Why?").data["verdict"] == "Why?"
    assert steps.do("withdraw", reason="Never mind").data["state"] == "withdrawn"


def test_open_cases_that_match_are_counted_for_who_asks(house, steps):
    for _ in range(2):
        house.case()
    house.canaries()
    tree = {"condition": {"field": "category", "is": "is", "value": "AUTH"}}
    lead = house.person("team_lead", "denial_specialist")

    seen = house.client(lead).post(f"{EDITIONS}matching/", tree, format="json")
    unseen = steps.steward.post(f"{EDITIONS}matching/", tree, format="json")

    assert seen.data == {"count": 2, "is_capped": False}
    assert unseen.data["count"] == 0


@pytest.fixture
def sample(house):
    return {
        "matter": "write_off",
        "amount": "480.00",
        "currency": "USD",
        "facility": house.north.key,
        "requester": house.person("team_lead", "denial_specialist").username,
    }


def tried(steps, sample, book="approvals", by=None):
    made = steps.steward.post(f"{EDITIONS}draft/", {"book": book}, format="json").data
    address = f"{EDITIONS}{made['id']}/try/"
    before = checksums()
    answer = (by or steps.steward).post(address, sample, format="json")
    assert changed(before, checksums()) == set()
    return answer


def test_a_sample_says_who_may_sign_and_why_others_may_not_and_changes_nothing(
    house, steps, sample
):
    other = house.person("team_lead", "denial_specialist")
    away = house.person("team_lead")

    found = tried(steps, sample).json()

    assert (found["policy"], found["refusal"]) == ("write-off-1", "")
    [turn] = found["turns"]
    assert (turn["step"], turn["rule"], turn["is_lacking"]) == ("Team lead", "Team lead", False)
    assert {each["name"]: each["why"] for each in turn["people"]} == {
        sample["requester"]: "asks for it",
        str(other): "",
        str(away): "does not see this site",
    }


def test_a_sample_costs_the_same_for_any_number_of_people(
    house, steps, sample, django_assert_num_queries
):
    made = steps.steward.post(f"{EDITIONS}draft/", {"book": "approvals"}, format="json").data
    address = f"{EDITIONS}{made['id']}/try/"
    with CaptureQueriesContext(connection) as alone:
        steps.steward.post(address, sample, format="json")
    for _ in range(10):
        house.person("team_lead", "denial_specialist")

    with django_assert_num_queries(len(alone)):
        steps.steward.post(address, sample, format="json")


def test_a_sample_that_no_policy_covers_is_refused_in_words(steps, sample):
    found = tried(steps, sample | {"currency": "EUR"}).json()

    assert found["refusal"].startswith("No approval policy covers “Write-off” of 480.00 EUR.")
    assert (found["policy"], found["turns"]) == ("", [])


@pytest.mark.parametrize(
    "given", [{"matter": "x"}, {"amount": "-1"}, {"facility": "x"}, {"requester": "x"}, {"x": 1}]
)
def test_a_sample_of_nothing_is_refused(steps, sample, given):
    assert tried(steps, sample | given).status_code == 400


def test_a_sample_is_tried_on_approval_policies_by_who_sees_editions(house, steps, sample):
    specialist = house.client(house.person("denial_specialist"))

    assert tried(steps, sample, by=specialist).status_code == 403
    assert tried(steps, sample, book="targets").status_code == 404


@pytest.mark.parametrize("role", ["denial_specialist", "external_partner", "user_admin"])
def test_others_see_no_editions(role, house, steps):
    client = house.client(house.person(role))

    assert client.get(EDITIONS).status_code == 403
    assert client.get(steps.address).status_code == 403
    assert client.post(f"{steps.address}approve/", {"version": 1}).status_code == 403


@pytest.mark.parametrize("rows", [1, 25])
def test_a_list_costs_the_same_queries_for_any_number_of_editions(
    rows, house, django_assert_num_queries
):
    EditionFactory.create_batch(rows)
    client = house.client(house.person("release_approver"))

    # the token, what the caller's roles give, the page
    with django_assert_num_queries(3):
        assert len(client.get(EDITIONS).data["results"]) == rows
