"""Working together by the API: watch, link, label, name people, macros."""

import pytest

from cases.collaboration.models import CaseLink
from cases.collaboration.queries import is_watching
from cases.collaboration.vocabulary import MacroVerb
from cases.work.models import Note, NoteOutcome
from tests.factories.sharing import LabelFactory, MacroFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(house):
    return house.person("denial_specialist", username="sam", full_name="Sam Specialist")


@pytest.fixture
def client(house, person):
    return house.client(person)


@pytest.fixture
def case(house):
    return house.case()


def at(case, verb):
    return f"/api/v1/cases/{case.public_id}/{verb}/"


def test_a_call_is_noted_with_what_it_left_behind(client, case):
    body = {
        "text": "They look again",
        "kind": "call",
        "payer_reference": "C-77",
        "spoken_to": "Ms Lane",
        "outcome": "in_process",
        "call_back_on": "2026-12-01",
    }

    answer = client.post(at(case, "comment"), body, "json")

    assert answer.status_code == 201
    assert answer.json()["call_back_on"] == "2026-12-01"
    assert Note.objects.get().outcome == NoteOutcome.IN_PROCESS
    entry = next(e for e in client.get(at(case, "timeline")).json() if e["kind"] == "note")
    assert (entry["facts"]["spoken_to"], entry["facts"]["outcome"]) == ("Ms Lane", "in_process")


def test_call_details_belong_to_a_call(client, case):
    answer = client.post(at(case, "comment"), {"text": "t", "phone": "555"}, "json")

    assert (answer.status_code, answer.json()["code"]) == (409, "call_refused")


def test_a_case_is_watched_and_no_longer(client, person, case):
    assert client.post(at(case, "watch")).status_code == 200
    assert is_watching(person, case)
    assert client.post(at(case, "unwatch")).status_code == 200
    assert not is_watching(person, case)


def test_the_people_to_name(client, case):
    assert client.get(at(case, "people")).json() == [{"username": "sam", "name": "Sam Specialist"}]


def test_cases_are_linked_and_the_link_taken_away_from_either_end(house, client, case):
    other = house.case()
    body = {"other": str(other.public_id), "kind": "blocks", "reason": "Same surgery"}

    made = client.post(at(case, "links"), body, "json").json()
    seen = client.get(at(other, "links")).json()
    back = {**body, "other": str(case.public_id)}
    left = client.post(at(other, "unlink"), back, "json").json()

    assert [(link["words"], link["reference"]) for link in made] == [("Blocks", other.reference)]
    assert [(link["words"], link["reference"]) for link in seen] == [("Blocked by", case.reference)]
    assert left == []
    assert not CaseLink.objects.exists()


def test_a_case_is_not_linked_to_one_that_is_not_seen(house, client, case):
    for foreign in house.canaries():
        body = {"other": str(foreign.public_id), "kind": "related", "reason": "r"}
        assert client.post(at(case, "links"), body, "json").status_code == 404
        assert client.post(at(case, "unlink"), body, "json").status_code == 404
    assert not CaseLink.objects.exists()


def test_labels_are_offered_set_and_filtered_by(house, client, case):
    label, foreign = LabelFactory(), LabelFactory(team="Another team")
    house.case()

    offered = client.get(at(case, "labels")).json()
    answer = client.post(at(case, "labels"), {"labels": [label.key]}, "json").json()
    refused = client.post(at(case, "labels"), {"labels": [foreign.key]}, "json")
    found = client.get(f"/api/v1/cases/?label={label.key}").json()["results"]

    assert [each["key"] for each in offered] == [label.key]
    assert answer["labels"] == [label.key]
    assert (refused.status_code, refused.json()["code"]) == (409, "label_refused")
    assert [each["reference"] for each in found] == [case.reference]


def test_a_macro_is_offered_filled_in_and_used(client, case):
    macro = MacroFactory(text="About {reference}.", verb=MacroVerb.WAIT_PAYER)

    [offered] = client.get(at(case, "macros")).json()
    unversioned = client.post(at(case, "macros"), {"macro": macro.key}, "json")
    answer = client.post(at(case, "macros"), {"macro": macro.key, "version": 1}, "json")

    assert offered["text"] == f"About {case.reference}."
    assert unversioned.status_code == 409
    assert answer.status_code == 201
    assert answer.json()["text"] == f"About {case.reference}."
    case.refresh_from_db()
    assert case.status == "pending_payer"
