"""Forms of rows: what is typed becomes the row that a content holds."""

import pytest

from cases.actions.books.priority import NUMBERS
from cases.web.editing.rowforms import (
    CategoryForm,
    CodeForm,
    RemarkForm,
    RuleForm,
    TargetForm,
    WeightsForm,
)

pytestmark = pytest.mark.django_db
RULE = {
    "key": "auth",
    "name": "Authorization",
    "condition": {"field": "category", "is": "is", "value": "AUTH"},
    "queue": "authorization",
    "is_active": True,
}
NESTED = RULE | {"condition": {"not": RULE["condition"]}}


def typed(*clauses, **others):
    """What a browser sends of a rule."""
    sent = {"name": "Large ones", "join": "all", "queue": "authorization", "is_active": "on"}
    sent |= {"clause-TOTAL_FORMS": str(len(clauses)), "clause-INITIAL_FORMS": str(len(clauses))}
    for index, clause in enumerate(clauses):
        names = zip(("field", "operator", "value"), clause, strict=True)
        sent |= {f"clause-{index}-{name}": value for name, value in names}
    return sent | others


def test_a_rule_is_shown_as_a_sentence_with_room_for_more():
    form = RuleForm(row=RULE)

    assert form.clauses[0].initial == {
        "field": "category",
        "operator": "is",
        "value": "AUTH",
    }
    assert len(form.clauses) == 3
    assert "written" not in form.fields


def test_clauses_become_a_condition_and_empty_lines_are_left_out():
    form = RuleForm(
        typed(("category", "is", "AUTH"), ("", "is", ""), ("amount", "at_least", "500.00"))
    )

    assert form.is_valid()
    assert form.read() == {
        "key": "large-ones",
        "name": "Large ones",
        "queue": "authorization",
        "is_active": True,
        "condition": {
            "all": [
                {"field": "category", "is": "is", "value": "AUTH"},
                {"field": "amount", "is": "at_least", "value": "500.00"},
            ]
        },
    }


def test_a_rule_keeps_its_key_whatever_it_is_called():
    form = RuleForm(typed(("category", "is", "AUTH")), row=RULE)

    assert form.is_valid()
    assert form.read()["key"] == "auth"


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        (("category", "at_least", "A"), "takes:"),
        (("category", "is", " "), "Say with what"),
        (("", "is", "AUTH"), "Choose what"),
    ],
)
def test_a_clause_that_cannot_be_read_says_why_beside_it(clause, words):
    form = RuleForm(typed(clause))

    assert not form.is_valid()
    assert words in str([each.errors for each in form.clauses])


def test_an_amount_that_is_none_is_refused_with_its_place():
    form = RuleForm(typed(("amount", "at_least", "much"), ("category", "is", "AUTH")))

    assert not form.is_valid()
    assert "condition.all[0]" in str(form.non_field_errors())


def test_a_nested_condition_is_edited_as_it_is_written():
    assert RuleForm(row=NESTED).clauses is None

    form = RuleForm(
        {"name": "x", "queue": "authorization", "written": '{"not": {"all": []}}'}, row=NESTED
    )
    assert form.is_valid()
    assert form.read()["condition"] == {"not": {"all": []}}


TARGET = {
    "queue": "coding",
    "case_type": "",
    "clock": "resolve",
    "amount": 3,
    "unit": "business_days",
    "counts_in": "site",
    "pauses_for_payer": False,
    "pauses_for_info": True,
    "pauses_when_deferred": False,
    "pause_cap": 15,
}


def test_which_target_it_is_stays():
    sent = {"amount": "5", "unit": "business_days", "counts_in": "site", "pause_cap": "15"}
    form = TargetForm({**sent, "queue": "triage", "pauses_for_payer": "on"}, row=TARGET)

    assert form.is_valid(), form.errors
    assert form.read() == TARGET | {
        "amount": 5,
        "pauses_for_payer": True,
        "pauses_for_info": False,
    }


def test_a_new_target_says_which_one_it_is():
    sent = {"queue": "coding", "clock": "resolve", "amount": "3", "unit": "business_days"}
    form = TargetForm({**sent, "counts_in": "site", "pauses_for_info": "on", "pause_cap": "15"})

    assert form.is_valid(), form.errors
    assert form.read() == TARGET


CODE = {
    "code": "197",
    "words": "No authorization",
    "category": "AUTH",
    "is_denial": "on",
    "queue": "authorization",
    "first_action": "Look for it",
    "appealable": "Y",
    "preventable_stage": "registration",
    "valid_from": "2026-01-01",
    "valid_to": "",
}


def test_a_code_holds_from_a_day_on():
    form = CodeForm(CODE)

    assert form.is_valid()
    assert form.read()["valid_from"] == "2026-01-01"
    assert form.read()["valid_to"] is None
    assert form.read()["is_denial"] is True


def test_a_period_ends_after_it_begins():
    form = CodeForm(CODE | {"valid_to": "2026-01-01"})

    assert "valid_to" in form.errors


def test_a_remark_says_whether_it_is_an_alert_and_not_what_only_adjustments_say():
    assert "is_alert" in RemarkForm().fields
    assert not {"is_denial", "appealable", "preventable_stage"} & set(RemarkForm().fields)


def test_weights_are_numbers_and_stay_text():
    held = dict.fromkeys(NUMBERS, "1")
    form = WeightsForm(held | {"urgency": "50.00", "slope_days": "4.5"}, row=held)

    assert form.is_valid()
    assert form.read() == held | {"urgency": "50", "slope_days": "4.5"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [("urgency", "-1"), ("guard_days", "11"), ("guard_days", "1.5"), ("slope_days", "0")],
)
def test_a_weight_out_of_bounds_is_explained_beside_it(name, typed):
    held = dict.fromkeys(NUMBERS, "1")

    assert name in WeightsForm(held | {name: typed}, row=held).errors


def test_a_category_leaves_empty_what_is_as_for_all():
    form = CategoryForm({"category": "AUTH", "minutes": "45", "likelihood": ""})

    assert form.is_valid()
    assert form.read() == {"category": "AUTH", "minutes": "45", "likelihood": ""}
