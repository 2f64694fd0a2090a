import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from billing_portal.audit.models import AuditEvent
from cases.evidence.filetypes import FileTypeRefused
from cases.evidence.models import Attachment
from cases.evidence.services import FileNotStored, FileSizeRefused, attach
from cases.work.models import Case
from cases.work.visibility import CaseNotFound, MayNotWork
from tests.cases.evidence.test_filetypes import PDF
from tests.factories.people import PersonFactory, granted


def files(store):
    return [path for path in store.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_random_name_with_its_digest(case, worker, store):
    kept = attach(case=case, by=worker, file=ContentFile(PDF, name="../../etc/proof.pdf"))

    [path] = files(store)
    assert path.read_bytes() == PDF
    assert path == store / kept.path
    assert "proof" not in kept.path
    assert (kept.filename, kept.content_type, kept.size) == (
        "proof.pdf",
        "application/pdf",
        len(PDF),
    )
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (kept.case, kept.attached_by) == (case, worker)
    event = AuditEvent.objects.get(chain=f"case:{case.pk}")
    assert event.verb == "case.attached"
    assert kept.sha256 in event.body
    assert "proof" not in event.body
    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize(
    "name", ["c:\\scans\\proof.pdf", "/tmp/proof.pdf", "x" * 300 + "proof.pdf"]
)
def test_a_name_is_only_a_name(case, worker, name):
    kept = attach(case=case, by=worker, file=ContentFile(PDF, name=name))

    assert kept.filename.endswith("proof.pdf")
    assert len(kept.filename) <= 200
    assert not set("/\\") & set(kept.filename)


def test_what_is_refused_leaves_no_file_and_no_row(case, worker, store, settings):
    settings.ATTACHMENT_MAX_BYTES = len(PDF)
    reader = granted(queues=[case.queue], facilities=[case.facility], works=False)

    for by, content, refusal in (
        (worker, b"", FileSizeRefused),
        (worker, PDF + b" ", FileSizeRefused),
        (worker, b"<html>", FileTypeRefused),
        (reader, PDF, MayNotWork),
        (PersonFactory(), PDF, CaseNotFound),
    ):
        with pytest.raises(refusal):
            attach(case=case, by=by, file=ContentFile(content, name="proof.pdf"))

    assert files(store) == []
    assert not Attachment.objects.exists()


def test_a_full_disk_is_said_and_leaves_nothing(case, worker, store, monkeypatch):
    def full(_self, _name, _content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(FileNotStored):
        attach(case=case, by=worker, file=ContentFile(PDF, name="proof.pdf"))

    assert not Attachment.objects.exists()
    assert not AuditEvent.objects.filter(chain=f"case:{case.pk}").exists()


def test_a_file_whose_row_cannot_be_written_is_taken_away_again(case, worker, store, monkeypatch):
    def fail(*_rows):
        raise ConnectionError

    monkeypatch.setattr(Attachment.objects, "bulk_create", fail)
    with pytest.raises(ConnectionError):
        attach(case=case, by=worker, file=ContentFile(PDF, name="proof.pdf"))

    assert files(store) == []
