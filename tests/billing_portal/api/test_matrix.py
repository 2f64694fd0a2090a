"""Who may do what: every role at every door, and a canary that nobody elsewhere may notice."""

import json
from uuid import uuid4

import pytest

from billing_portal.access.roles import BY_KEY, SEE_MESSAGES, SEND
from billing_portal.access.services import leave
from billing_portal.api.urls import router
from cases.work.models import Case, Note
from integrations.inbox.models import Message
from tests.house import CANARY, House

API = "/api/v1/"
LISTS = ["cases/", "queues/", "claims/", "remittances/"]
CASE_READS = [
    *("", "timeline/", "clocks/", "steps/", "attachments/"),
    *("people/", "links/", "labels/", "macros/", "items/", "sample/"),
]
VERBS = {
    "claim": {"version": 1},
    "assign": {"version": 1, "owner": "boss", "reason": "r"},
    "release": {"version": 1, "reason": "r"},
    "skip": {"version": 1, "skip_reason": "no_access"},
    "transfer": {"version": 1, "queue": "test-auth", "reason": "r"},
    "defer": {"version": 1, "until": "2099-01-01T00:00:00Z", "reason": "r"},
    "wait": {"version": 1, "waiting_for": "payer", "reason": "r"},
    "resume": {"version": 1, "reason": "r"},
    "resolve": {"version": 1, "disposition": "duplicate", "reason": "r"},
    "reopen": {"version": 1, "reason": "r"},
    "undo": {"version": 1},
    "comment": {"text": "t"},
    "watch": {},
    "unwatch": {},
    "links": {"other": str(uuid4()), "kind": "related", "reason": "r"},
    "merge": {"version": 1, "into": {"id": str(uuid4()), "version": 1}, "reason": "r"},
    "split": {"version": 1, "items": ["1:line"], "reason": "r"},
    "unlink": {"other": str(uuid4()), "kind": "related", "reason": "r"},
    "recheck_invoice": {"version": 1},
    "code_line": {
        "version": 1,
        "line": "1",
        "cost_centre": "100",
        "account": "5000",
        "reason": "r",
    },
    "request_release": {"version": 1, "reason": "r"},
    "confirm_duplicate": {"version": 1, "reason": "r"},
    "return_invoice": {"version": 1, "reason": "r"},
    "replay": {"version": 1, "reason": "r"},
    "reverse": {"version": 1, "journal": "JE-000001", "reason": "r"},
    "research": {"version": 1, "outcome": "of_patient", "amount": "1.00", "reason": "r"},
    "sign": {"version": 1, "kind": "identified", "on": "2026-01-10", "reason": "r"},
    "refund": {"version": 1, "way": "recoup", "reason": "r"},
    "check": {"version": 1, "number": "1", "issued_on": "2026-01-10", "reason": "r"},
    "check_moved": {"number": "1", "to": "cleared", "on": "2026-01-10", "reason": "r"},
    "look": {"version": 1, "position": 1, "outcome": "right", "reason": "r"},
    "request_signature": {"version": 1, "reason": "r"},
    "backdate": {
        "version": 1,
        "template": "small_balance",
        "amount": "1.00",
        "on": "2026-01-10",
        "reason": "r",
    },
    "void": {"version": 1, "reason": "r"},
    "review_emergency": {"version": 1, "verdict": "justified", "reason": "r"},
    "labels": {"labels": []},
    "macros": {"macro": "none"},
    "steps": {"step": "first_action", "is_done": True},
    "reveal": {"purpose": "call"},
    "appeals": {"ground": "medical_necessity", "amount": "1.00"},
    "ways": {"version": 1, "way": "secondary", "amount": "1.00", "reason": "r"},
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(house: House):
    house.person("denial_specialist", username="boss")
    return house.client(house.person("denial_specialist"))


def test_the_table_of_verbs_is_whole():
    (viewset,) = [each for prefix, each, _name in router.registry if prefix == "cases"]
    posts = {
        action.url_path
        for action in viewset.get_extra_actions()
        if "post" in action.mapping and action.detail
    }

    assert posts - {"attach"} == set(VERBS)


@pytest.mark.parametrize("address", [*LISTS, "messages/", "schema/", "docs/"])
def test_strangers_are_turned_away(address, house):
    house.case()

    assert house.client().get(API + address).status_code in {401, 403}


@pytest.mark.parametrize("verb", [*VERBS, "attach"])
def test_strangers_change_nothing(verb, house):
    case = house.case()

    answer = house.client().post(f"{API}cases/{case.public_id}/{verb}/", VERBS.get(verb), "json")

    assert answer.status_code == 401
    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize("role", sorted(set(BY_KEY) - {"denial_specialist", "auditor", "coder"}))
def test_a_role_without_grants_sees_nothing_at_all(role, house):
    case, claim, remittance = house.case(), house.claim(), house.remittance()
    client = house.client(house.person(role))

    for address in LISTS:
        answer = client.get(API + address).json()
        assert (answer if isinstance(answer, list) else answer["results"]) == [], address
    for address in (
        f"cases/{case.public_id}/",
        f"claims/{claim.public_id}/",
        f"remittances/{remittance.public_id}/",
        "queues/test-auth/",
    ):
        assert client.get(API + address).status_code == 404


@pytest.mark.parametrize("role", sorted(BY_KEY))
def test_messages_are_for_the_roles_that_say_so(role, house):
    permissions = BY_KEY[role].permissions
    client = house.client(house.person(role))

    seen = client.get(f"{API}messages/").status_code
    sent = client.post(
        f"{API}messages/?source=clearinghouse", b"", content_type="application/edi-x12"
    ).status_code

    assert seen == (200 if SEE_MESSAGES in permissions else 403)
    assert (sent == 403) == (SEND not in permissions)
    if SEND not in permissions:
        assert not Message.objects.exists()


def test_a_superuser_without_grants_sees_no_case(house):
    house.case()
    client = house.client(house.person(is_superuser=True, is_staff=True))

    assert client.get(f"{API}cases/").json()["results"] == []
    assert client.get(f"{API}messages/").status_code == 403


@pytest.mark.parametrize("address", LISTS)
def test_no_list_shows_or_counts_the_canary(address, house, client):
    house.case()
    house.remittance()
    before = client.get(API + address).content
    house.canaries(3, claim=house.claim(house.south))
    house.remittance(house.south)

    after = client.get(API + address).content

    assert json.loads(before) == json.loads(after)
    assert CANARY.encode() not in after


@pytest.mark.parametrize("read", CASE_READS)
def test_a_foreign_case_does_not_exist_to_read(read, house, client):
    for foreign in house.canaries():
        answer = client.get(f"{API}cases/{foreign.public_id}/{read}")
        nowhere = client.get(f"{API}cases/{uuid4()}/{read}")

        assert answer.status_code == nowhere.status_code == 404
        assert without_id(answer) == without_id(nowhere)


def without_id(answer) -> dict:
    return {key: value for key, value in answer.json().items() if key != "correlation_id"}


@pytest.mark.parametrize("verb", [*VERBS, "attach"])
def test_a_foreign_case_does_not_exist_to_change(verb, house, client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    for foreign in house.canaries():
        address = f"{API}cases/{foreign.public_id}/{verb}/"
        if verb == "attach":
            with (tmp_path / "note.txt").open("wb+") as file:
                file.write(b"words")
                file.seek(0)
                answer = client.post(address, {"file": file}, "multipart")
        else:
            answer = client.post(address, VERBS[verb], "json")

        assert answer.status_code == 404, answer.data
        assert Case.objects.get(pk=foreign.pk).version == 1
    assert not Note.objects.exists()


def test_claim_next_never_takes_a_foreign_case(house, client):
    house.canaries(2)

    answers = [
        client.post(f"{API}cases/claim-next/", body, "json").status_code
        for body in ({}, {"queues": ["test-coding"]}, {"queues": ["test-auth", "test-coding"]})
    ]

    assert answers == [204, 204, 204]


def test_a_case_is_not_given_to_somebody_who_may_not_see_it(house, client):
    case = house.case()
    house.person("coder", username="stranger")
    body = {"version": 1, "owner": "stranger", "reason": "Yours?"}

    answer = client.post(f"{API}cases/{case.public_id}/assign/", body, "json")

    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_own")
    assert Case.objects.get(pk=case.pk).owner is None


def test_foreign_claims_and_payments_do_not_exist(house, client):
    claim, remittance = house.claim(house.south), house.remittance(house.south)

    for address in (
        f"claims/{claim.public_id}/",
        f"claims/{claim.public_id}/adjudications/",
        f"remittances/{remittance.public_id}/",
        f"remittances/{remittance.public_id}/claims/",
    ):
        assert client.get(API + address).status_code == 404


def test_a_role_taken_away_is_gone_with_the_next_call(house):
    user = house.person("denial_specialist")
    client, case = house.client(user), house.case()
    assert client.get(f"{API}cases/{case.public_id}/").status_code == 200

    leave(user=user, group=user.groups.get(), by=house.builder, reason="Moved")

    assert client.get(f"{API}cases/{case.public_id}/").status_code == 404
