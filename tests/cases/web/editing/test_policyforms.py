"""The form of a policy: what is typed becomes the row that a content holds."""

import pytest
from django.forms import ValidationError

from cases.web.editing.policyforms import PolicyForm, facts_of, texts_of
from tests.factories.approvals import policy_content, step_content

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


def test_a_policy_is_shown_with_one_more_step_and_keeps_its_matter():
    form = PolicyForm(row=ROW)

    assert "matter" not in form.fields
    assert [step.initial.get("roles") for step in form.steps] == [["team_lead"], None]
    assert form.initial["facts"] == "federal: yes"


def test_a_new_policy_is_named_after_what_it_holds_for():
    form = PolicyForm(TYPED)

    assert form.is_valid(), form.errors
    row = form.read()
    assert row["key"] == "payer-refund-from-10-00-federal-yes"
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


def test_what_a_form_reads_is_a_sound_content():
    from_form = PolicyForm({**TYPED, "facts": ""}, row=ROW)
    assert from_form.is_valid(), from_form.errors

    row = from_form.read()

    assert set(row) == set(ROW)
    assert (row["key"], row["matter"], row["facts"]) == ("mine", "write_off", {})


@pytest.mark.parametrize("text", ["federal", "federal:", ":yes", "a: 1, a: 2"])
def test_facts_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValidationError):
        facts_of(text)


def test_facts_are_typed_as_they_are_shown():
    facts = {"federal": "yes", "avoidable": "no"}

    assert facts_of(texts_of(facts)) == facts
