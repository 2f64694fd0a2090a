"""Appeals as a specialist walks them, page by page, without a script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import save_because
from cases.collaboration.models import Draft
from cases.payers.models import Topic
from cases.types.denial.appeals.lifecycle import AppealStatus, Outcome
from cases.types.denial.appeals.models import Appeal, Ground, Recourse
from cases.types.denial.appeals.terms import ground_for
from cases.types.denial.appeals.typesetting import Part, sheet
from cases.work.lifecycle import CaseStatus
from cases.work.models import NoteKind, Queue
from tests.factories.appeals import (
    AppealFactory,
    AttestationFactory,
    LetterFactory,
    PayerContactFactory,
    PayerRuleFactory,
    RecourseFactory,
)
from tests.factories.cases import AttachmentFactory, NoteFactory
from tests.factories.integrations import AcknowledgementFactory
from tests.house import DETAILS


def today():
    return house_day(timezone.now())


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def in_flight(house):
    queue = Queue.objects.get(key="appeals-in-flight")
    house.grant("denial_specialist", queue, "view_queue", "work_queue")
    return queue


@pytest.fixture
def case(house, in_flight):
    return house.case()


@pytest.fixture
def appeal(case):
    made = AppealFactory(case=case, level=1)
    LetterFactory(appeal=made)
    return made


def url(name, row, **more):
    return reverse(f"cases:{name}", kwargs={"public_id": row.public_id, **more})


def send(client, name, row, *, version=None, **fields):
    fields |= {"seen_version": version} if version is not None else {}
    return client.post(url(name, row), {"key": f"{name}-{version}", **fields}, follow=True)


def test_an_appeal_is_walked_from_its_ground_to_its_outcome(client, specialist, case):
    client.force_login(specialist)
    assert client.get(url("appeal", case)).status_code == 200
    send(client, "appeal", case, ground="authorization", amount="400.00", argument="By phone")
    appeal = Appeal.objects.get(case=case)
    pdf = sheet(title="Auth", sender="P", footer="1", parts=[Part("A", (("No", "1"),))])
    send(client, "attach", case, file=SimpleUploadedFile("auth.pdf", pdf))
    file = case.attachments.get()
    send(client, "appeal_exhibit", appeal, version=1, attachment=file.pk, kind="authorization")
    asked = client.get(url("appeal_attest", appeal))
    digest = asked.context["form"].initial["sha256"]
    send(client, "appeal_attest", appeal, version=2, sha256=digest, is_read="on")
    submit = {"method": "portal", "sent_on": today(), "confirmation": "C-1", "is_sent": "on"}
    page = send(client, "appeal_submit", appeal, version=3, **submit)

    appeal.refresh_from_db()
    case.refresh_from_db()
    assert appeal.status == AppealStatus.SUBMITTED
    assert case.status == CaseStatus.APPEAL
    assert appeal.packet.sha256 in page.content.decode()
    send(client, "appeal_asked", appeal, text="Still open", payer_reference="R-1")
    decided = {"outcome": "upheld", "decided_on": today(), "letter": file.pk, "reason": "Policy"}
    page = send(client, "appeal_decide", appeal, version=4, **decided)
    appeal.refresh_from_db()
    assert appeal.outcome == Outcome.UPHELD
    assert "Open the next level" in page.content.decode()


def test_the_page_masks_the_patient_and_the_download_is_on_record(client, specialist, appeal):
    client.force_login(specialist)
    letter = appeal.letter

    page = client.get(url("appeal_page", appeal))
    answer = client.get(url("appeal_preview", appeal))

    assert letter.subject in page.content.decode()
    assert "Doe" not in page.content.decode()
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(verb="case.downloaded", actor=specialist).exists()


def test_an_attested_letter_is_taken_out_as_it_was_attested(client, specialist, appeal):
    client.force_login(specialist)
    assert url("appeal_preview", appeal) in client.get(url("appeal_page", appeal)).content.decode()
    file = AttachmentFactory(case=appeal.case)
    appeal.attestation = AttestationFactory(appeal=appeal, attachment=file)
    save_because(appeal, by=specialist, reason="Attested", fields=["attestation"])

    page = client.get(url("appeal_page", appeal)).content.decode()

    assert f'href="{url("attachment", file)}"' in page
    assert url("appeal_preview", appeal) not in page


def test_reading_an_appeal_is_on_record(client, specialist, appeal):
    client.force_login(specialist)

    client.get(url("appeal_page", appeal))

    (event,) = AuditEvent.objects.filter(chain=f"case:{appeal.case_id}", verb="case.viewed")
    assert event.actor == specialist


def test_what_was_typed_for_an_appeal_is_there_again_for_that_one_alone(client, specialist, appeal):
    client.force_login(specialist)
    asked = client.get(url("appeal_letter", appeal))
    client.post(asked.context["draft_url"], {"body": "Half a letter", "sha256": "0"})

    again = client.get(url("appeal_letter", appeal)).context["form"]

    assert again["body"].value() == "Half a letter"
    assert again["subject"].value() == appeal.letter.subject
    assert str(appeal.public_id) in asked.context["draft_url"]
    send(client, "appeal_letter", appeal, version=1, subject="Paid late", body="A whole letter")
    assert not Draft.objects.exists()


def test_nothing_is_confirmed_by_a_draft(client, specialist, appeal):
    client.force_login(specialist)
    asked = client.get(url("appeal_attest", appeal))
    digest = asked.context["form"].initial["sha256"]
    client.post(asked.context["draft_url"], {"sha256": "0" * 64, "is_read": "on"})

    form = client.get(url("appeal_attest", appeal)).context["form"]

    assert (form["sha256"].value(), form["is_read"].value()) == (digest, None)


def test_a_letter_with_an_unknown_field_is_refused_where_it_stands(client, specialist, appeal):
    client.force_login(specialist)

    page = send(client, "appeal_letter", appeal, version=1, subject="A", body="Dear {{nobody}}")

    assert page.status_code == 409
    assert "Line 1, column 6" in page.content.decode()


def test_a_stale_letter_is_not_saved(client, specialist, appeal):
    client.force_login(specialist)

    page = send(client, "appeal_letter", appeal, version=7, subject="A", body="B")

    assert page.status_code == 409
    appeal.letter.refresh_from_db()
    assert appeal.letter.body != "B"


@pytest.mark.parametrize(
    "name", ["grounds", "letter", "template", "exhibit", "leave_out", "review", "withdraw"]
)
def test_every_form_asks(client, specialist, appeal, name):
    client.force_login(specialist)

    assert client.get(url(f"appeal_{name}", appeal)).status_code == 200


def test_an_unprocessable_claim_offers_no_appeal(client, specialist, house, in_flight):
    details = DETAILS | {"remarks": ["MA130"], "appeal_allowed": False}
    case = house.case(details=details)
    client.force_login(specialist)

    page = client.get(url("case", case) + "?tab=appeals").content.decode()
    refused = send(client, "appeal", case, ground="coding", amount="1.00")

    assert "no right to appeal" in page
    assert url("appeal", case) not in page
    assert refused.status_code == 409


def test_foreign_appeals_are_not_there(client, specialist, house):
    client.force_login(specialist)
    for case in house.canaries():
        foreign = AppealFactory(case=case)
        LetterFactory(appeal=foreign)
        for name in ("appeal_page", "appeal_preview", "appeal_withdraw"):
            assert client.get(url(name, foreign)).status_code == 404


def test_a_write_off_is_asked_for_and_shown_with_its_approval(client, specialist, case):
    client.force_login(specialist)
    said = {"amount": "400.00", "reason": "Too dear", "proof": "uneconomic"}
    said |= {"expected_recovery": "20.00", "cost_to_work": "85.00"}
    address = url("way", case, way="write_off")
    assert client.get(address).status_code == 200
    page = client.post(
        address,
        {"key": "w", "seen_version": 1, "preventable_stage": "registration", **said},
        follow=True,
    )

    approval = Recourse.objects.get(case=case).approval
    assert f"{approval}: Waiting for a decision" in page.content.decode()
    assert client.get(url("case", case)).status_code == 200


def test_a_way_is_ended_as_it_was_seen(client, specialist, case):
    client.force_login(specialist)
    way = RecourseFactory(case=case)
    asked = client.get(url("way_conclude", way))
    assert asked.context["form"]["seen_version"].value() == way.version
    assert str(way.public_id) in asked.context["draft_url"]
    said = {"is_done": "0", "reason": "Paid after all"}

    stale = send(client, "way_conclude", way, version=way.version + 1, **said)
    way.refresh_from_db()

    assert (stale.status_code, way.status) == (409, "sent")
    send(client, "way_conclude", way, version=way.version, **said)
    way.refresh_from_db()
    assert way.status == "withdrawn"


def test_each_way_keeps_what_was_typed_for_it_alone(client, specialist, case):
    client.force_login(specialist)
    address = url("way", case, way="write_off")
    client.post(client.get(address).context["draft_url"], {"reason": "Too dear"})

    assert client.get(address).context["form"]["reason"].value() == "Too dear"
    assert client.get(url("way", case, way="patient")).context["form"]["reason"].value() is None


@pytest.mark.parametrize("way", ["corrected_claim", "secondary", "patient"])
def test_every_way_asks(client, specialist, case, way):
    client.force_login(specialist)

    assert client.get(url("way", case, way=way)).status_code == 200
    assert client.get(url("way", case, way="nowhere")).status_code == 404


@pytest.mark.parametrize("rows", [1, 25])
def test_the_payers_page_costs_the_same_queries_for_any_number_of_calls(
    client, specialist, house, rows, django_assert_max_num_queries
):
    contact = PayerContactFactory(payer=house.payer, department="Appeals")
    PayerRuleFactory(payer=house.payer, topic=Topic.FORMS, words="Form 7")
    for _ in range(rows):
        NoteFactory(case=house.case(), kind=NoteKind.CALL, text="They said yes")
    NoteFactory(case=house.canaries()[0], kind=NoteKind.CALL, text="Zyxcanary")
    client.force_login(specialist)

    with django_assert_max_num_queries(30):
        page = client.get(reverse("cases:payer", args=[house.payer.key])).content.decode()

    assert page.count("They said yes") == rows
    assert contact.department in page
    assert "Form 7" in page
    assert "Zyxcanary" not in page


def test_the_deadline_says_that_none_is_configured(client, specialist, appeal):
    client.force_login(specialist)
    assert appeal.due_on is None

    assert "Not configured" in client.get(url("appeal_page", appeal)).content.decode()


def test_an_appeal_for_timely_filing_shows_its_proof_or_that_there_is_none(
    client, specialist, case
):
    client.force_login(specialist)
    made = AppealFactory(case=case, ground="timely_filing")
    LetterFactory(appeal=made)
    bare = client.get(url("appeal_page", made)).content.decode()
    assert "No acknowledgement of this claim is on record." in bare
    assert "Take in this proof" not in bare
    claim = case.claim
    AcknowledgementFactory(
        patient_control_number=claim.patient_control_number,
        payer_identifier=claim.payer_identifier,
        payee_identifier=claim.payee_identifier,
        service_from=claim.service_from,
    )

    offered = client.get(url("appeal_page", made)).content.decode()
    taken = send(client, "appeal_proof", made, version=1).content.decode()

    assert "received on January 10, 2026. This is the earliest acceptance on record." in offered
    assert "Take in this proof" in offered
    assert "Take in this proof" not in taken
    assert "Acknowledgement 2026-01-10.pdf" in taken


def test_the_reason_of_a_denial_suggests_the_ground_of_its_appeal(client, specialist, case):
    client.force_login(specialist)
    case.details = {**case.details, "category": "TIMELY_FILING"}
    assert ground_for(case.details) == Ground.TIMELY_FILING

    form = client.get(url("appeal", case)).context["form"]

    assert form.initial["ground"] == ground_for(type(case).objects.get(pk=case.pk).details)


def test_the_payers_are_listed_and_lead_to_their_pages(client, specialist, house):
    client.force_login(specialist)
    case = house.case()

    page = client.get(reverse("cases:payers")).content.decode()

    assert reverse("cases:payer", args=[case.payer.key]) in page
    assert f'href="{reverse("cases:payers")}"' in client.get(reverse("cases:mine")).content.decode()
