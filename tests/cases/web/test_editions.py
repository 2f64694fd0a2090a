"""The books of rules in pages: written by one person, tried, judged and released by another."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.editions.models import Edition
from cases.priority.queries import weights_in_force
from cases.routing.models import RoutingRule
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db

BOOKS = reverse("cases:editions")
BOOK = reverse("cases:edition_book", args=["routing"])
CLAUSE = {"clause-TOTAL_FORMS": "1", "clause-INITIAL_FORMS": "1"}
RULE = {
    "name": "Large denials are triaged",
    "join": "all",
    "queue": "triage",
    "is_active": "on",
    "clause-0-field": "amount",
    "clause-0-operator": "at_least",
    "clause-0-value": "300.00",
    **CLAUSE,
}


@pytest.fixture
def steward(house) -> Reader:
    return Reader.of(house.person("rules_steward", "denial_specialist"))


@pytest.fixture
def approver(house) -> Reader:
    return Reader.of(house.person("release_approver"))


@pytest.fixture
def draft(steward) -> Edition:
    steward.post(reverse("cases:edition_draft", args=["routing"]))
    return Edition.objects.get(state="draft")


def address(edition, *parts):
    """Of an edition, or of something on it."""
    return reverse("cases:edition", args=[edition.public_id]) + "".join(f"{p}/" for p in parts)


def versioned(edition, **fields):
    """What a form of an edition sends."""
    edition.refresh_from_db()
    return {"seen_version": edition.version, "key": str(uuid.uuid4()), **fields}


def test_a_rule_goes_from_a_sentence_into_force_through_two_people(steward, approver, draft, house):
    house.case()
    new = len(draft.content["rules"])
    steward.post(address(draft, "rules", new), versioned(draft, **RULE))
    draft.refresh_from_db()
    for _ in range(new):
        place = len(draft.content["rules"]) - 1 - _
        steward.post(address(draft, "rules", place), versioned(draft, change="up"))
    steward.post(address(draft, "backtest"), {"days": "366"})
    shown = text_of(steward.get(address(draft)))
    assert "New Large denials are triaged" in shown
    assert "amount at risk is at least 300.00" in shown
    steward.post(address(draft, "request_review"), versioned(draft))

    approver.post(address(draft, "approve"), versioned(draft))
    approver.post(address(draft, "schedule"), versioned(draft, activates_at="2020-01-01T08:00"))

    draft.refresh_from_db()
    assert draft.state == "active"
    first = RoutingRule.objects.filter(is_active=True).order_by("position")[0]
    assert (first.name, first.queue.key) == ("Large denials are triaged", "triage")


def test_nobody_releases_what_they_wrote(steward, draft, house):
    both = steward
    steward.post(address(draft, "request_review"), versioned(draft))

    answer = both.post(address(draft, "approve"), versioned(draft))

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert draft.state == "in_review"


def test_nothing_is_scheduled_without_a_back_test(steward, approver, draft):
    steward.post(address(draft, "request_review"), versioned(draft))
    approver.post(address(draft, "approve"), versioned(draft))

    answer = approver.post(
        address(draft, "schedule"), versioned(draft, activates_at="2020-01-01T08:00")
    )

    assert answer.status_code == 409
    assert "back-test" in text_of(answer).lower()


def test_the_count_of_matching_cases_is_of_what_the_reader_sees(steward, draft, house):
    house.case()
    house.canaries()
    new = len(draft.content["rules"])

    page = text_of(
        steward.post(address(draft, "rules", new), versioned(draft, **RULE, change="count"))
    )

    assert "1 open cases match now" in page
    draft.refresh_from_db()
    assert len(draft.content["rules"]) == new


def test_a_clause_that_cannot_be_read_keeps_what_was_typed(steward, draft):
    answer = steward.post(
        address(draft, "rules", 0),
        versioned(draft, **{**RULE, "clause-0-value": "much"}),
    )

    assert answer.status_code == 422
    assert b'value="much"' in answer.content


def test_what_was_changed_meanwhile_is_not_overwritten(steward, draft):
    seen = versioned(draft)
    steward.post(address(draft, "rules", 0), versioned(draft, change="down"))
    before = Edition.objects.get(pk=draft.pk).content

    answer = steward.post(address(draft, "rules", 0), {**seen, "change": "remove"}, follow=True)

    assert "was changed after you opened it" in text_of(answer)
    assert Edition.objects.get(pk=draft.pk).content == before


def test_a_former_edition_is_put_in_force_again(steward, approver, draft):
    steward.post(address(draft, "rules", 0), versioned(draft, change="remove"))
    steward.post(address(draft, "backtest"), {"days": "30"})
    steward.post(address(draft, "request_review"), versioned(draft))
    approver.post(address(draft, "approve"), versioned(draft))
    approver.post(address(draft, "schedule"), versioned(draft, activates_at="2020-01-01T08:00"))
    first = Edition.objects.get(number=1)
    kept = len(first.content["rules"])

    approver.post(address(first, "roll_back"), {"reason": "It sent them astray.", "key": "k"})

    assert RoutingRule.objects.filter(is_active=True).count() == kept
    assert Edition.objects.get(state="active").restores == first


def test_readers_see_and_cannot_write(house, draft):
    lead = Reader.of(house.person("team_lead"))

    assert "Begin a draft" not in text_of(lead.get(BOOK))
    assert lead.get(address(draft)).status_code == 200
    assert (
        lead.post(address(draft, "rules", 0), versioned(draft, change="remove")).status_code == 302
    )
    assert len(Edition.objects.get(pk=draft.pk).content["rules"]) == len(draft.content["rules"])


def test_others_are_told_which_role_they_need(house, draft):
    stranger = Reader.of(house.person("denial_specialist"))

    assert stranger.get(BOOKS).status_code == 403
    assert stranger.get(address(draft)).status_code == 403


@pytest.mark.parametrize("path", ["rules/999/", "nothing/0/", "nothing/"])
def test_what_is_not_there_is_not_found(steward, draft, path):
    assert steward.get(address(draft) + path).status_code == 404


@pytest.mark.parametrize("page", [BOOKS, BOOK])
def test_a_list_of_editions_costs_the_same_queries_for_any_number(steward, draft, page):
    steward.get(page)
    with CaptureQueriesContext(connection) as one:
        steward.get(page)
    for _ in range(5):
        steward.post(reverse("cases:edition_draft", args=["routing"]))
    steward.get(page)  # shows what was said of the posts

    with CaptureQueriesContext(connection) as several:
        assert "Edition 7" in text_of(steward.get(page))

    assert len(several) == len(one)


def test_weights_go_from_a_form_into_force_through_two_people(steward, approver, house):
    first = weights_in_force()
    steward.post(reverse("cases:edition_draft", args=["priority"]))
    draft = Edition.objects.get(state="draft")
    form = steward.get(address(draft, "weights", 0)).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    steward.post(address(draft, "weights", 0), versioned(draft, **typed | {"money": "50"}))
    more = {"category": "COB", "minutes": "", "likelihood": "0.4"}
    draft.refresh_from_db()
    place = len(draft.content["categories"])
    steward.post(address(draft, "categories", place), versioned(draft, **more))
    steward.post(address(draft, "backtest"), {"days": "366"})
    shown = text_of(steward.get(address(draft)))
    assert "35 points per $100,000" in shown
    assert "50 points per $100,000" in shown
    assert "0.4 where too little was decided" in shown
    assert "cases tried" in shown
    steward.post(address(draft, "request_review"), versioned(draft))
    approver.post(address(draft, "approve"), versioned(draft))
    approver.post(address(draft, "schedule"), versioned(draft, activates_at="2020-01-01T08:00"))

    made = weights_in_force()
    assert (made.number, made.money, made.likelihoods) == (first.number + 1, 50, {"COB": "0.4"})
    assert made.reason.startswith(f"Edition {draft.number}")


def test_what_cannot_be_saved_says_where_and_why_and_changes_nothing(steward):
    steward.post(reverse("cases:edition_draft", args=["priority"]))
    draft = Edition.objects.get(state="draft")
    place = len(draft.content["categories"])
    again = {"category": draft.content["categories"][0]["category"], "minutes": "5"}

    answer = steward.post(address(draft, "categories", place), versioned(draft, **again))

    said = text_of(steward.get(answer["Location"]))
    assert f"categories[{place}]: “{again['category']}” is there twice." in said
    draft.refresh_from_db()
    assert len(draft.content["categories"]) == place
