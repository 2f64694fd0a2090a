"""Appeals by the API: the same steps as on the page, the same refusals."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.days import house_day
from cases.types.denial.appeals.models import Appeal
from cases.types.denial.appeals.typesetting import Part, sheet
from cases.work.models import Queue
from tests.factories.appeals import AppealFactory, LetterFactory, RecourseFactory
from tests.factories.integrations import AcknowledgementFactory


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def case(house):
    queue = Queue.objects.get(key="appeals-in-flight")
    house.grant("denial_specialist", queue, "view_queue", "work_queue")
    return house.case()


@pytest.fixture
def client(house):
    return house.client(house.person("denial_specialist"))


def of(name, row):
    return reverse(f"api:{name}", kwargs={"public_id": row.public_id})


def test_an_appeal_is_walked_from_its_ground_to_its_outcome(client, case):
    begun = client.post(of("case-appeals", case), {"ground": "authorization", "amount": "400.00"})
    assert begun.status_code == 201
    appeal = Appeal.objects.get(case=case)
    pdf = sheet(title="Auth", sender="P", footer="1", parts=[Part("A", (("No", "1"),))])
    upload = {"file": SimpleUploadedFile("auth.pdf", pdf)}
    file = client.post(of("case-attach", case), upload, format="multipart").json()
    proof = {"attachment": file["id"], "kind": "authorization", "version": 1}
    assert client.post(of("appeal-evidence", appeal), proof).status_code == 200
    digest = client.get(of("appeal-digest", appeal)).json()["sha256"]
    ready = client.post(of("appeal-attest", appeal), {"sha256": digest, "version": 2}).json()
    assert ready["attested_sha256"] == digest
    assert ready["manifest"]["parts"][0]["sha256"] == digest
    today = house_day(timezone.now()).isoformat()
    sent = {"method": "portal", "sent_on": today, "confirmation": "C-1", "version": 3}
    assert client.post(of("appeal-submit", appeal), sent).json()["status"] == "submitted"
    decided = {
        "outcome": "upheld",
        "decided_on": today,
        "attachment": file["id"],
        "reason": "Policy",
        "version": 4,
    }

    answer = client.post(of("appeal-decide", appeal), decided).json()

    assert (answer["status"], answer["outcome"], answer["verbs"]) == ("decided", "upheld", [])
    assert [each["level"] for each in client.get(of("case-appeals", case)).json()] == [1]


def test_what_is_stale_or_not_allowed_is_refused(client, case):
    appeal = AppealFactory(case=case)
    LetterFactory(appeal=appeal)
    said = {"reason": "Please read", "version": 9}

    stale = client.post(of("appeal-review", appeal), said)
    early = client.post(of("appeal-consider", appeal), said | {"version": 1})

    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert (early.status_code, early.json()["code"]) == (409, "appeal_move_refused")


def test_foreign_appeals_are_not_there(client, case, house):
    foreign = AppealFactory(case=house.canaries()[0])
    own = AppealFactory(case=case)

    assert client.get(of("appeal-detail", foreign)).status_code == 404
    listed = client.get(reverse("api:appeal-list")).json()["results"]
    assert [each["id"] for each in listed] == [str(own.public_id)]


def test_the_version_seen_may_stand_in_the_header(client, case):
    appeal = AppealFactory(case=case)
    LetterFactory(appeal=appeal)
    shown = client.get(of("appeal-detail", appeal))
    assert shown["ETag"] == f'"{appeal.version}"'
    said = {"reason": "Please read"}

    unnamed = client.post(of("appeal-review", appeal), said)
    stale = client.post(of("appeal-review", appeal), said, headers={"If-Match": '"9"'})
    done = client.post(of("appeal-review", appeal), said, headers={"If-Match": shown["ETag"]})

    assert (unnamed.status_code, stale.status_code, done.status_code) == (400, 409, 200)
    assert done["ETag"] == f'"{appeal.version + 1}"'


def test_reading_appeals_is_on_record(client, case):
    appeal = AppealFactory(case=case)
    LetterFactory(appeal=appeal)

    client.get(of("appeal-detail", appeal))
    client.get(of("case-appeals", case))
    client.get(reverse("api:appeal-list"))

    read = AuditEvent.objects.filter(chain=f"case:{case.pk}", verb="case.viewed")
    assert read.count() == 2
    listed = AuditEvent.objects.get(verb="worklist.shown")
    assert str(case.public_id) in listed.body


def test_a_way_is_ended_as_it_was_seen(client, case, house):
    way = RecourseFactory(case=case)
    foreign = RecourseFactory(case=house.canaries()[0])
    said = {"is_done": False, "reason": "Paid after all"}

    unnamed = client.post(of("way-end", way), said)
    stale = client.post(of("way-end", way), said | {"version": way.version + 1})
    hidden = client.post(of("way-end", foreign), said | {"version": 1})
    ended = client.post(of("way-end", way), said | {"version": way.version})

    assert (unnamed.status_code, hidden.status_code) == (400, 404)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert (ended.status_code, ended.json()["status"]) == (200, "withdrawn")
    assert ended["ETag"] == f'"{ended.json()["version"]}"'


@pytest.mark.parametrize("rows", [1, 25])
def test_a_list_costs_the_same_queries_for_any_number_of_rows(
    client, case, house, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        LetterFactory(appeal=AppealFactory(case=house.case()))

    with django_assert_max_num_queries(10):
        answer = client.get(reverse("api:appeal-list"))

    assert len(answer.json()["results"]) == rows


def test_a_write_off_is_asked_for_and_waits_for_others(client, case):
    said = {
        "way": "write_off",
        "amount": "400.00",
        "reason": "Too dear",
        "proof": "uneconomic",
        "preventable_stage": "registration",
        "expected_recovery": "20.00",
        "cost_to_work": "85.00",
        "version": 1,
    }

    made = client.post(of("case-ways", case), said)

    assert (made.status_code, made.json()["approval"][:3]) == (201, "AP-"), made.json()
    case.refresh_from_db()
    assert case.status == "pending_approval"
    assert client.get(of("case-ways", case)).json() == [made.json()]


def test_the_earliest_acceptance_is_taken_in_as_proof(client, case):
    begun = {"ground": "timely_filing", "amount": "400.00"}
    assert client.post(of("case-appeals", case), begun).status_code == 201
    appeal = Appeal.objects.get(case=case)
    none = client.post(of("appeal-proof", appeal), {"version": 1})
    assert (none.status_code, none.json()["code"]) == (409, "proof_missing")
    AcknowledgementFactory(
        patient_control_number=case.claim.patient_control_number,
        payer_identifier=case.claim.payer_identifier,
        payee_identifier=case.claim.payee_identifier,
        service_from=case.claim.service_from,
    )

    answer = client.post(of("appeal-proof", appeal), {"version": 1})

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert appeal.exhibits.get().kind == "filing_proof"
