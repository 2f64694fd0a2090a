from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from pypdf import PdfReader

from billing_portal.audit.models import AuditEvent
from cases.evidence.models import Attachment
from cases.types.denial.appeals.actions import preparing
from cases.types.denial.appeals.actions.preparing import LetterChanged, ProofMissing
from cases.types.denial.appeals.letters import LetterIncomplete
from cases.types.denial.appeals.lifecycle import AppealStatus
from cases.types.denial.appeals.models import ExhibitKind, Ground, LetterTemplate
from cases.types.denial.appeals.packets import PacketRefused
from cases.types.denial.appeals.services.lettering import ExhibitRefused
from cases.types.denial.appeals.terms import Grounds
from cases.work.services import StaleVersion
from tests.cases.types.denial.appeals.conftest import NOW
from tests.factories.integrations import AcknowledgementFactory


def stored(attachment):
    with default_storage.open(attachment.path) as file:
        return PdfReader(BytesIO(file.read()))


def noting_depth(depths, whole, *args, **given):
    depths.append(len(connection.savepoint_ids))
    return whole(*args, **given)


def test_an_appeal_begins_with_a_letter_of_its_ground(appeal):
    assert appeal.letter.template.key == "authorization"
    assert appeal.due_source == "Denial letter"


def test_without_the_required_evidence_no_packet_is_built(appeal, worker):
    read = preparing.preview(appeal=appeal, by=worker, at=NOW)

    with pytest.raises(PacketRefused, match="Authorization or notification"):
        preparing.attest(
            appeal=appeal, by=worker, at=NOW, sha256=read.sha256, seen_version=appeal.version
        )
    assert not Attachment.objects.exists()


def test_attesting_keeps_the_exact_bytes_that_were_read(proven, worker):
    read = preparing.preview(appeal=proven, by=worker, at=NOW)

    ready = preparing.attest(
        appeal=proven, by=worker, at=NOW, sha256=read.sha256, seen_version=proven.version
    )

    connection.check_constraints()
    assert ready.status == AppealStatus.READY
    assert ready.attestation.sha256 == read.sha256 == ready.attestation.attachment.sha256
    assert ready.attestation.attested_by == worker


def test_a_letter_that_changed_since_it_was_read_is_not_attested(proven, worker):
    with pytest.raises(LetterChanged):
        preparing.attest(
            appeal=proven, by=worker, at=NOW, sha256="0" * 64, seen_version=proven.version
        )
    proven.refresh_from_db()
    assert proven.status == AppealStatus.DRAFT


def test_what_was_not_seen_as_it_is_leaves_no_file_behind(proven, worker, store):
    read = preparing.preview(appeal=proven, by=worker, at=NOW)
    files = sorted(store.rglob("*"))

    with pytest.raises(StaleVersion):
        preparing.attest(
            appeal=proven, by=worker, at=NOW, sha256=read.sha256, seen_version=proven.version - 1
        )

    assert sorted(store.rglob("*")) == files


def test_letter_and_packet_are_set_outside_the_transaction(proven, worker, monkeypatch):
    read, depths = preparing.preview(appeal=proven, by=worker, at=NOW), []
    for module, name in ((preparing.letters, "render"), (preparing.packets, "build")):
        whole = partial(noting_depth, depths, getattr(module, name))
        monkeypatch.setattr(module, name, whole)

    preparing.attest(
        appeal=proven, by=worker, at=NOW, sha256=read.sha256, seen_version=proven.version
    )

    assert depths == [len(connection.savepoint_ids)] * 2


def test_a_later_change_voids_the_attestation(ready, worker):
    changed = preparing.write(
        appeal=ready, by=worker, subject="Appeal", body="Please pay.", seen_version=ready.version
    )

    assert (changed.status, changed.attestation, changed.packet) == ("draft", None, None)


def test_a_letter_that_names_what_is_not_known_is_refused(proven, worker):
    template = LetterTemplate.objects.get(key="timely-filing")
    changed = preparing.redraft(
        appeal=proven, by=worker, template=template, seen_version=proven.version
    )

    with pytest.raises(LetterIncomplete, match="acceptance report"):
        preparing.preview(appeal=changed, by=worker, at=NOW)


def test_taking_out_a_letter_is_on_record(appeal, worker):
    preparing.preview(appeal=appeal, by=worker, at=NOW)

    event = AuditEvent.objects.get(chain=f"case:{appeal.case_id}", verb="case.downloaded")
    assert event.actor == worker


def test_the_letter_is_tagged_titled_and_names_the_patient(ready):
    letter = stored(ready.attestation.attachment)
    text = letter.pages[0].extract_text()
    patient = ready.case.claim.patient

    assert letter.metadata.title == "Appeal of a denial for missing authorization"
    assert letter.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in letter.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert patient.family_name in text
    assert "It was authorized by phone." in text


def test_the_packet_lists_every_part_with_pages_and_digest(ready):
    manifest = ready.packet.manifest
    packet = stored(ready.packet.attachment)

    assert [part["label"] for part in manifest["parts"]] == [
        "Appeal letter",
        "Claim and remittance",
        ExhibitKind.AUTHORIZATION.label,
    ]
    assert manifest["parts"][0]["sha256"] == ready.attestation.sha256
    assert manifest["parts"][0]["pages"] == [2, 2]
    assert len(packet.pages) == ready.packet.pages == manifest["pages"]
    assert "Contents" in packet.pages[0].extract_text()
    assert ready.packet.sha256 == ready.packet.attachment.sha256


def test_the_same_inputs_give_the_same_packet(ready, worker):
    back = preparing.send_back(
        appeal=ready, by=worker, reason="Once more", seen_version=ready.version
    )
    read = preparing.preview(appeal=back, by=worker, at=NOW)

    again = preparing.attest(
        appeal=back, by=worker, at=NOW, sha256=read.sha256, seen_version=back.version
    )

    assert again.packet.pk != ready.packet.pk
    assert again.packet.sha256 == ready.packet.sha256


def test_a_file_that_is_no_pages_is_listed(proven, worker, attach):
    note = attach(proven.case, name="call.txt", content=b"They said yes.")
    added = preparing.add_exhibit(
        appeal=proven,
        by=worker,
        attachment=note,
        kind=ExhibitKind.OTHER,
        seen_version=proven.version,
    )
    read = preparing.preview(appeal=added, by=worker, at=NOW)

    ready = preparing.attest(
        appeal=added, by=worker, at=NOW, sha256=read.sha256, seen_version=added.version
    )

    listed = ready.packet.manifest["parts"][-1]
    assert (listed["pages"], listed["sha256"]) == (None, note.sha256)


def test_somebody_reads_it_first(appeal, worker):
    given = preparing.review(
        appeal=appeal, by=worker, reason="Please read", seen_version=appeal.version
    )

    assert given.status == AppealStatus.IN_REVIEW


IN_TIME = Grounds(Ground.TIMELY_FILING, Decimal("60.00"), "")


def accepted(case, **said):
    return AcknowledgementFactory(patient_control_number=case.claim.patient_control_number, **said)


def test_an_appeal_for_timely_filing_finds_its_proof_itself(case, worker):
    accepted(case, received_on=date(2026, 1, 12))
    accepted(case, received_on=date(2026, 1, 9))

    appeal = preparing.begin(case=case, by=worker, grounds=IN_TIME)

    proof = appeal.exhibits.get()
    assert (proof.kind, proof.dated_on) == (ExhibitKind.FILING_PROOF, date(2026, 1, 9))
    read = preparing.preview(appeal=appeal, by=worker, at=NOW)
    ready = preparing.attest(
        appeal=appeal, by=worker, at=NOW, sha256=read.sha256, seen_version=appeal.version
    )
    [part] = [each for each in ready.packet.manifest["parts"] if "Acknowledgement" in each["label"]]
    assert part["filename"] == "Acknowledgement 2026-01-09.pdf"
    assert part["sha256"] == proof.attachment.sha256
    packet = stored(ready.packet.attachment)
    assert "January 9, 2026" in packet.pages[1].extract_text()
    assert "Acknowledgement of the claim" in packet.pages[part["pages"][0] - 1].extract_text()


def test_a_rejection_alone_proves_nothing_and_the_packet_is_refused(case, worker):
    accepted(case, standing="rejected", category="A7", statuses="A7:562:85")

    appeal = preparing.begin(case=case, by=worker, grounds=IN_TIME)

    assert not appeal.exhibits.exists()
    with pytest.raises(ProofMissing, match="does not count as filed"):
        preparing.prove_filing(appeal=appeal, by=worker, seen_version=appeal.version)
    with pytest.raises(LetterIncomplete):
        preparing.preview(appeal=appeal, by=worker, at=NOW)


def test_a_proof_that_arrives_later_is_taken_in_once(case, worker):
    appeal = preparing.begin(case=case, by=worker, grounds=IN_TIME)
    accepted(case)

    proven = preparing.prove_filing(appeal=appeal, by=worker, seen_version=appeal.version)

    assert proven.exhibits.get().dated_on == date(2026, 1, 10)
    with pytest.raises(ExhibitRefused):
        preparing.prove_filing(appeal=proven, by=worker, seen_version=proven.version)
    assert Attachment.objects.filter(case=case).count() == 1
