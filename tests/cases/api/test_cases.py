"""The cases of the API: reading them, and every verb."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Note
from cases.work.types import CASE_TYPES
from tests.house import CANARY, House

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"


@pytest.fixture
def specialist(house: House):
    return house.person("denial_specialist", username="specialist")


@pytest.fixture
def client(house: House, specialist):
    return house.client(specialist)


def address(case: Case, verb: str = "") -> str:
    return f"{CASES}{case.public_id}/{verb}/" if verb else f"{CASES}{case.public_id}/"


def test_a_list_holds_what_the_caller_may_see_newest_first(house, client):
    first, second = house.case(), house.case()
    house.canaries()

    answer = client.get(CASES)

    assert answer.status_code == 200
    assert [row["id"] for row in answer.data["results"]] == [
        str(second.public_id),
        str(first.public_id),
    ]
    assert CANARY not in answer.content.decode()


def test_money_is_a_string_and_the_patient_is_masked(house, client):
    house.case()

    (row,) = client.get(CASES).data["results"]

    assert row["amount_at_risk"] == "400.00"
    assert row["currency"] == "USD"
    assert row["patient"] == "D•••, J•••"


def test_times_are_utc_wherever_the_caller_is(house):
    house.case()
    client = house.client(house.person("denial_specialist", time_zone="Asia/Tokyo"))

    (row,) = client.get(CASES).data["results"]

    assert row["opened_at"] == "2026-03-02T09:00:00Z"


def test_no_key_of_the_database_is_shown(house, client):
    case = house.case()

    shown = client.get(address(case)).json()

    assert set(shown) >= {"id", "claim", "queue", "facility", "verbs", "details"}
    keys = {case.pk, case.claim_id, case.queue_id, case.facility_id, case.payer_id}
    assert not {value for value in shown.values() if isinstance(value, int)} & (keys - {1})


@pytest.mark.parametrize("rows", [1, 25])
def test_a_list_costs_the_same_queries_for_any_number_of_rows(
    rows, house, client, django_assert_num_queries
):
    for _ in range(rows):
        house.case()

    # token, grants, the page, its record (savepoint, insert, release)
    with django_assert_num_queries(6):
        answer = client.get(CASES)

    assert len(answer.data["results"]) == rows


def test_pages_follow_each_other_while_rows_arrive(house, client):
    made = [str(house.case().public_id) for _ in range(5)]

    first = client.get(CASES, {"page_size": 2}).json()
    house.case()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    seen = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert seen == list(reversed(made))
    assert third["next"] is None
    assert [row["id"] for row in client.get(third["previous"]).json()["results"]] == seen[2:4]


@pytest.mark.parametrize("cursor", ["nonsense", "cD1hYmM=", "cD0x"])
def test_a_cursor_that_is_not_ours_leads_nowhere(cursor, house, client):
    house.case()

    assert client.get(CASES, {"cursor": cursor}).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"queue": "test-auth"}, 1),
        ({"queue": "test-coding"}, 0),
        ({"category": "AUTH,COB", "is_open": "true"}, 1),
        ({"is_open": "false"}, 0),
        ({"owner": "none"}, 1),
        ({"owner": "me"}, 0),
        ({"owner": "specialist"}, 0),
        ({"amount_min": "400.00", "amount_max": "400.00"}, 1),
        ({"amount_min": "400.01"}, 0),
        ({"status": "new"}, 1),
        ({"facility": "test-south"}, 0),
        ({"due_before": "2026-03-07T09:00:00Z"}, 0),
        ({"due_before": "2026-03-07T09:00:01Z"}, 1),
    ],
)
def test_filters_narrow_a_list(query, found, house, client):
    house.case()
    house.canaries()

    assert len(client.get(CASES, query).data["results"]) == found


def test_a_filter_that_makes_no_sense_is_explained(client):
    answer = client.get(CASES, {"status": "sleeping"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "status"


def test_a_case_comes_with_its_version_as_etag_and_its_opening_is_recorded(house, client):
    case = house.case()

    answer = client.get(address(case))

    assert answer["ETag"] == '"1"'
    assert events(case) == ["case.viewed"]


def events(case: Case) -> list[str]:
    chain = AuditEvent.objects.filter(chain=f"case:{case.pk}").order_by("seq")
    return [event.verb for event in chain]


def test_claim_next_gives_the_most_urgent_case_once(house, client):
    later = house.case(resolve_due_at=timezone.now() + timedelta(days=9))
    sooner = house.case(resolve_due_at=timezone.now() + timedelta(days=1))

    first, second, third = (client.post(f"{CASES}claim-next/", {}, "json") for _ in range(3))

    assert [first.data["id"], second.data["id"]] == [str(sooner.public_id), str(later.public_id)]
    assert first.data["owner"] == "specialist"
    assert third.status_code == 204


def test_a_case_is_worked_to_its_end(house, client):
    case = house.case()
    house.person("denial_specialist", username="colleague")
    soon = (timezone.now() + timedelta(days=3)).isoformat()
    steps = [
        ("claim", {}, "in_work"),
        ("release", {"reason": "Lunch"}, "triaged"),
        ("assign", {"owner": "specialist", "reason": "Hers"}, "assigned"),
        ("wait", {"waiting_for": "payer", "reason": "Sent"}, "pending_payer"),
        ("resume", {"reason": "They called"}, "in_work"),
        ("defer", {"until": soon, "reason": "Records come Friday"}, "deferred"),
        ("assign", {"owner": "colleague", "reason": "Away"}, "assigned"),
        ("resolve", {"disposition": "paid_on_reprocess", "reason": "Paid"}, "resolved"),
        ("reopen", {"reason": "It was not"}, "reopened"),
    ]

    for version, (verb, body, status) in enumerate(steps, start=1):
        answer = client.post(address(case, verb), {**body, "version": version}, "json")
        assert (verb, answer.status_code, answer.data.get("status")) == (verb, 200, status), (
            answer.data
        )
        assert answer["ETag"] == f'"{version + 1}"'

    reasons = list(case.history.order_by("pk").values_list("history_change_reason", flat=True))
    assert reasons[1:] == ["Taken.", *(body["reason"] for _verb, body, _status in steps[1:])]


def test_a_case_may_be_moved_out_of_ones_own_sight(house, client):
    case = house.case()
    body = {"queue": "test-coding", "reason": "A coding matter", "version": 1}

    answer = client.post(address(case, "transfer"), body, "json")

    assert answer.status_code == 200, answer.data
    assert answer.data["queue"] == "test-coding"
    assert client.get(address(case)).status_code == 404


def test_the_version_may_stand_in_if_match(house, client):
    case = house.case()

    answer = client.post(address(case, "claim"), {}, "json", HTTP_IF_MATCH='"1"')

    assert answer.status_code == 200


@pytest.mark.parametrize("verb", ["claim", "release", "resume", "reopen"])
def test_a_change_without_the_version_seen_is_refused(verb, house, client):
    case = house.case()

    answer = client.post(
        address(case, verb), {"reason": "Because"} if verb != "claim" else {}, "json"
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "version"
    assert unchanged(case)


def unchanged(case: Case) -> bool:
    return Case.objects.filter(pk=case.pk, version=case.version, status=case.status).exists()


def test_a_stale_change_is_refused_with_both_values(house, client):
    case = house.case()
    client.post(address(case, "claim"), {"version": 1}, "json")

    answer = client.post(address(case, "release"), {"version": 1, "reason": "Mistaken"}, "json")

    problem = answer.json()
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert (problem["code"], problem["seen"], problem["current"]) == ("stale_version", 1, 2)
    assert {"label": "Status", "seen": "New", "current": "In work", "yours": None} in [
        {key: each[key] for key in ("label", "seen", "current", "yours")}
        for each in problem["differences"]
    ]
    assert Case.objects.get(pk=case.pk).status == CaseStatus.IN_WORK


def test_a_case_says_by_which_calls_it_can_be_changed_and_how_it_may_end(house, client):
    case = house.case()
    offered = CASE_TYPES.get(case.case_type).dispositions

    shown = client.get(address(case)).json()
    waiting = client.post(
        address(case, "wait"), {"version": 1, "waiting_for": "payer", "reason": "Sent"}, "json"
    ).json()

    together = ["merge", "split"]
    assert shown["verbs"] == [
        *("claim", "assign", "transfer", "defer", "wait", "resolve"),
        *together,
    ]
    assert waiting["verbs"] == [
        *("assign", "transfer", "defer", "wait", "resume", "resolve"),
        *together,
    ]
    assert shown["dispositions"] == [each.value for each in offered]
    assert "written_off" not in shown["dispositions"]


def test_a_move_that_the_table_does_not_know_is_refused(house, client):
    case = house.case()

    answer = client.post(address(case, "reopen"), {"version": 1, "reason": "Why not"}, "json")

    assert answer.status_code == 409
    assert unchanged(case)


def test_an_ending_that_needs_approval_is_not_offered(house, client):
    case = house.case()
    body = {"version": 1, "reason": "Small", "disposition": "written_off"}

    answer = client.post(address(case, "resolve"), body, "json")

    assert (answer.status_code, answer.json()["code"]) == (409, "disposition_refused")
    assert unchanged(case)


@pytest.mark.parametrize(
    "smuggled",
    [
        {"status": "closed"},
        {"queue": "test-coding"},
        {"owner": "boss"},
        {"amount_at_risk": "0.01"},
        {"is_staff": True},
    ],
)
def test_a_field_that_a_verb_does_not_take_is_refused(smuggled, house, client):
    case = house.case()

    answer = client.post(address(case, "claim"), {"version": 1, **smuggled}, "json")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": next(iter(smuggled)), "code": "invalid", "detail": "Unknown field."}
    ]
    assert unchanged(case)


def test_comments_steps_and_files_hang_on_a_case(house, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = house.case()

    said = client.post(address(case, "comment"), {"text": "Called", "kind": "call"}, "json")
    steps = client.get(address(case, "steps")).data
    ticked = client.post(
        address(case, "steps"), {"step": steps[0]["key"], "is_done": True}, "json"
    ).data
    pdf = named("proof.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    kept = client.post(address(case, "attach"), {"file": pdf}, "multipart")

    assert (said.status_code, said.data["author"]) == (201, "specialist")
    assert [step["is_done"] for step in steps] == [False] * len(steps)
    assert [step["is_done"] for step in ticked] == [True] + [False] * (len(steps) - 1)
    assert kept.status_code == 201, kept.data
    assert kept.data["content_type"] == "application/pdf"
    (listed,) = client.get(address(case, "attachments")).data["results"]
    assert listed == kept.data


def named(name: str, content: bytes):
    return SimpleUploadedFile(name, content)


def test_a_patient_is_revealed_with_a_purpose_and_on_record(house, client):
    case = house.case()

    answer = client.post(address(case, "reveal"), {"purpose": "call"}, "json")

    assert answer.data["family_name"] == "Doe"
    assert events(case) == ["case.patient_revealed"]


def test_a_role_that_sees_patients_masked_reveals_none(house):
    case = house.case()
    client = house.client(house.person("auditor"))

    answer = client.post(address(case, "reveal"), {"purpose": "call"}, "json")

    assert (answer.status_code, answer.json()["code"]) == (403, "reveal_refused")
    assert "Doe" not in answer.content.decode()


def test_who_may_see_and_not_work_changes_nothing(house):
    case = house.case()
    client = house.client(house.person("auditor"))

    answer = client.post(address(case, "claim"), {"version": 1}, "json")

    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_work")
    assert unchanged(case)


def test_an_auditor_writes_nothing_not_even_a_comment(house):
    case = house.case()
    client = house.client(house.person("auditor"))

    answer = client.post(address(case, "comment"), {"text": "Seen"}, "json")

    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_work")
    assert not Note.objects.exists()


@pytest.mark.parametrize("term", ["PCN", "Doe", "400.00", "CO-197", "TS-0"])
def test_search_finds_by_what_is_at_hand_and_no_canary(term, house, client):
    mine = house.case()
    house.canaries()
    term = mine.claim.patient_control_number if term == "PCN" else term

    answer = client.post(f"{CASES}search/", {"term": term}, "json")

    assert {hit["case"]["id"] for hit in answer.data} == {str(mine.public_id)}
