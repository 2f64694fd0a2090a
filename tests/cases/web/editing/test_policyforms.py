"""The form of a policy: what is typed becomes the row that a content holds."""

import pytest
from django.forms import ValidationError

from cases.actions.books.approvals import LONGEST_KEY
from cases.web.editing.policyforms import PolicyForm, facts_of, texts_of
from tests.factories.approvals import policy_content, step_content
from tests.factories.integrations import FacilityFactory

pytestmark = pytest.mark.django_db
ROW = {"key": "mine", **policy_content(step_content("team_lead"), facts={"federal": "yes"})}
TYPED = {
    "label": "Lead",
    "matter": "payer_refund",
    "currency": "USD",
    "from_amount": "10",
    "facts": "federal: yes",
    "remind_after": "1",
    "escalate_after": "2",
    "manager_after": "4",
    "step-TOTAL_FORMS": "1",
    "step-INITIAL_FORMS": "0",
    "step-0-mode": "n_of",
    "step-0-n": "2",
    "step-0-roles": ["treasury", "cfo"],
    "step-0-people": " mia, ",
}


def row_of(row=None, **changed):
    """What is read of the form with something else typed."""
    form = PolicyForm(TYPED | changed, row=row)
    assert form.is_valid(), form.errors
    return form.read()


def test_a_policy_is_shown_with_one_more_step_and_keeps_its_matter():
    form = PolicyForm(row=ROW)

    assert "matter" not in form.fields
    assert [step.initial.get("roles") for step in form.steps] == [["team_lead"], None]
    assert form.initial["facts"] == "federal: yes"


def test_a_new_policy_is_named_after_what_it_holds_for():
    row = row_of()

    assert row["key"] == "payer-refund-from-10-00-usd-federal-yes"
    assert (row["from_amount"], row["to_amount"], row["facts"]) == (
        "10.00",
        None,
        {"federal": "yes"},
    )
    assert row["steps"] == [
        {
            "key": "treasury-and-cfo-and-mia",
            "label": "Treasury and CFO and mia",
            "mode": "n_of",
            "n": 2,
            "roles": ["treasury", "cfo"],
            "people": ["mia"],
        }
    ]


def test_policies_of_one_band_are_named_apart_by_all_they_hold_for():
    site = FacilityFactory(key="north").key
    scopes = [
        {},
        {"facility": site},
        {"payer_class": "medicare"},
        {"currency": "CAD"},
        {"facts": "federal: no"},
    ]

    assert len({row_of(**scope)["key"] for scope in scopes}) == len(scopes)


def test_what_is_too_long_for_a_key_ends_in_its_digest():
    long = "a-very-long-fact-that-nobody-would-ever-type: "
    keys = {row_of(facts=f"{long}{value}")["key"] for value in ("yes", "no")}

    assert [len(key) for key in keys] == [LONGEST_KEY, LONGEST_KEY]


def test_two_steps_of_the_same_people_have_keys_of_their_own():
    again = {"step-TOTAL_FORMS": "2", "step-1-roles": ["treasury", "cfo"], "step-1-people": "mia"}

    assert [step["key"] for step in row_of(**again)["steps"]] == [
        "treasury-and-cfo-and-mia",
        "treasury-and-cfo-and-mia-2",
    ]


def test_a_step_that_was_there_keeps_its_key():
    row = {**ROW, "steps": [step_content("cfo")]}
    given = {
        "step-TOTAL_FORMS": "2",
        "step-INITIAL_FORMS": "1",
        "step-0-turn": "2",
        "step-0-roles": ["cfo"],
        "step-0-people": "",
        "step-1-turn": "1",
        "step-1-roles": ["cfo"],
    }

    assert [step["key"] for step in row_of(row, **given)["steps"]] == ["cfo-2", "cfo"]


def test_what_a_form_reads_is_a_sound_content():
    row = row_of(ROW, facts="")

    assert set(row) == set(ROW)
    assert (row["key"], row["matter"], row["facts"]) == ("mine", "write_off", {})


@pytest.mark.parametrize("text", ["federal", "federal:", ":yes", "a: 1, a: 2"])
def test_facts_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValidationError):
        facts_of(text)


def test_facts_are_typed_as_they_are_shown():
    facts = {"federal": "yes", "avoidable": "no"}

    assert facts_of(texts_of(facts)) == facts
