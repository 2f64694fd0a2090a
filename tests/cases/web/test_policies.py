"""Approval policies in pages: drafted row by row, checked, tried, released by another."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_portal.accounts.models import User
from cases.approvals.models import Policy
from cases.editions.models import Edition
from tests.factories.approvals import ApprovalRequestFactory, PolicyFactory
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db

POLICIES, TRY = reverse("cases:policies"), reverse("cases:policy_try")
STEPS = {"step-TOTAL_FORMS": "2", "step-INITIAL_FORMS": "1"}
FORM = {
    "label": "Lead",
    "currency": "USD",
    "from_amount": "0.01",
    "to_amount": "400.00",
    "remind_after": "1",
    "escalate_after": "2",
    "manager_after": "4",
    "escalate_to": "queue_supervisor",
    "step-0-turn": "2",
    "step-0-label": "Lead",
    "step-0-mode": "any",
    "step-0-n": "1",
    "step-0-roles": ["team_lead"],
    "step-0-people": "",
    "step-1-turn": "1",
    "step-1-mode": "any",
    "step-1-roles": ["compliance_officer"],
    "step-1-people": "",
    **STEPS,
}


@pytest.fixture
def steward(house):
    return Reader.of(house.person("rules_steward", "denial_specialist"))


@pytest.fixture
def draft(steward):
    steward.post(reverse("cases:edition_draft", args=["approvals"]))
    return Edition.objects.get(state="draft")


@pytest.fixture
def leads(house):
    """Two leads who see the house's site."""
    return [house.person("team_lead", "denial_specialist") for _ in range(2)]


def address(edition, *parts):
    return reverse("cases:edition", args=[edition.public_id]) + "".join(f"{p}/" for p in parts)


def versioned(edition, **fields):
    edition.refresh_from_db()
    return {"seen_version": edition.version, "key": str(uuid.uuid4()), **fields}


def place_of(edition, key):
    return [row["key"] for row in edition.content["policies"]].index(key)


def test_a_policy_is_edited_by_its_form_and_its_steps_go_by_their_turns(steward, draft):
    place = place_of(draft, "write-off-1")
    shown = text_of(steward.get(address(draft, "policies", place)))
    assert "Requester → Team lead → Posted" in shown

    steward.post(address(draft, "policies", place), versioned(draft, **FORM))

    draft.refresh_from_db()
    row = draft.content["policies"][place]
    assert (row["key"], row["to_amount"], row["matter"]) == ("write-off-1", "400.00", "write_off")
    assert [step["roles"] for step in row["steps"]] == [["compliance_officer"], ["team_lead"]]


def test_what_the_linter_finds_stands_beside_its_row_and_an_error_keeps_it_from_review(
    steward, draft
):
    place = place_of(draft, "write-off-1")
    steward.post(address(draft, "policies", place), versioned(draft, **FORM))

    page = text_of(steward.get(address(draft)))
    answer = steward.post(address(draft, "request_review"), versioned(draft))

    gap = "No policy covers “Write-off” from 400.00 to under 500.00 USD, between “write-off-1”"
    assert gap in page
    assert answer.status_code == 409
    assert gap in text_of(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_policy_goes_into_force_through_two_people_and_what_waits_keeps_its_version(
    steward, draft, house
):
    approver = Reader.of(house.person("release_approver"))
    waiting = ApprovalRequestFactory(
        case=house.case(), policy_version=Policy.objects.get(key="void-case-1").current
    )
    for row in draft.content["policies"]:
        house_role_of(house, row)
    place = place_of(draft, "void-case-1")
    row = draft.content["policies"][place]
    typed = FORM | {
        "label": "Two",
        "from_amount": "0.00",
        "to_amount": "",
        "escalate_to": row["escalate_to"],
    }
    steward.post(address(draft, "policies", place), versioned(draft, **typed))
    steward.post(address(draft, "backtest"), {"days": "30"})

    bare = steward.post(address(draft, "request_review"), versioned(draft))
    assert bare.status_code == 409
    assert "Say in the note why its warnings may stand." in text_of(bare)
    steward.post(address(draft, "note"), versioned(draft, note="Compliance looks first"))
    steward.post(address(draft, "request_review"), versioned(draft))
    approver.post(address(draft, "approve"), versioned(draft))
    approver.post(address(draft, "schedule"), versioned(draft, activates_at="2020-01-01T08:00"))

    draft.refresh_from_db()
    assert draft.state == "active", draft.verdict
    assert str(Policy.objects.get(key="void-case-1").current) == "void-case-1@2"
    waiting.refresh_from_db()
    assert waiting.policy_version.number == 1
    assert "1 request keeps version 1" in text_of(steward.get(POLICIES))


def house_role_of(house, row):
    """Two people for every role that a policy asks, so that nobody is lacking."""
    for role in {role for step in row["steps"] for role in step["roles"]}:
        held = User.objects.filter(groups__name=role).count()
        for _ in range(held, 4):
            house.person(role)


def test_a_form_that_cannot_be_read_says_why(steward, draft):
    wrong = FORM | {"to_amount": "0.00", "facts": "federal", "step-0-roles": [], "step-1-roles": []}

    answer = steward.post(address(draft, "policies", 0), versioned(draft, **wrong))

    page = text_of(answer)
    assert answer.status_code == 422
    assert "It must be above where the band begins." in page
    assert "Write each fact once, with a colon" in page
    assert "Name a role or a person in one step at least." in page


def test_a_sample_says_which_policy_who_may_sign_and_why_others_may_not(steward, house, leads):
    asker, other = leads
    asked = {
        "matter": "write_off",
        "amount": "480.00",
        "currency": "USD",
        "facility": house.north.pk,
        "payer_class": "",
        "facts": "",
        "requester": asker.username,
    }

    page = text_of(steward.get(TRY, asked))

    assert "Team lead (write-off-1@1)" in page
    assert f"May sign {other}" in page
    assert f"{asker} asks for it" in page
    assert "Nobody is left" not in page


def test_a_sample_of_a_draft_is_tried_on_the_draft(steward, draft, house, leads):
    place = place_of(draft, "write-off-1")
    steward.post(address(draft, "policies", place), versioned(draft, **FORM))
    asked = {
        "edition": str(draft.public_id),
        "matter": "write_off",
        "amount": "450.00",
        "currency": "USD",
        "facility": house.north.pk,
        "requester": leads[0].username,
    }

    page = text_of(steward.get(TRY, asked))

    assert "No approval policy covers “Write-off” of 450.00 USD." in page


@pytest.mark.parametrize("edition", ["x", str(uuid.UUID(int=7))])
def test_an_edition_that_is_not_there_is_not_found(steward, edition):
    assert steward.get(TRY, {"edition": edition}).status_code == 404


def test_a_version_says_what_it_changed_and_what_still_waits_under_which(steward, house):
    policy = PolicyFactory()
    ApprovalRequestFactory(case=house.case(), policy_version=policy.current)

    listed = text_of(steward.get(POLICIES))
    shown = text_of(steward.get(reverse("cases:policy_version", args=[policy.key, 1])))

    assert "1 request keeps version 1" in listed
    assert "1 request keeps version 1, until they are decided." in shown
    assert "Version 1 In force" in shown


@pytest.mark.parametrize("more", [1, 25])
def test_the_list_costs_the_same_for_any_number_of_policies(steward, more):
    steward.get(POLICIES)
    PolicyFactory.create_batch(more)

    with CaptureQueriesContext(connection) as caught:
        steward.get(POLICIES)

    assert len(caught) <= 16
    assert Policy.objects.count() >= more


def test_those_who_do_not_read_rules_see_none(house):
    reader = Reader.of(house.person("denial_specialist"))

    for page in (POLICIES, TRY, reverse("cases:policy_version", args=["write-off-1", 1])):
        assert reader.get(page).status_code == 403
