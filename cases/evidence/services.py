"""The only writer of attachments."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.evidence.filetypes import HEAD_BYTES, recognise
from cases.evidence.models import Attachment
from cases.work.models import Case
from cases.work.visibility import require_sight, require_work

LONGEST_NAME = 200


class FileSizeRefused(DomainError):
    """The file is empty or larger than the house allows."""

    code = "file_size_refused"


class FileNotStored(DomainError):
    """The file store could not take the file; nothing was attached."""

    code = "file_not_stored"


@transaction.atomic
def attach(*, case: Case, by: User, file: File[Any]) -> Attachment:
    """Keep a file with a case: its bytes under a random name, its kind told by its content.

    Raises CaseNotFound, MayNotWork, FileSizeRefused, FileTypeRefused, FileNotStored; then nothing
    is kept. The name is the sender's, without any folder.
    """
    return attach_many(cases=[case], by=by, file=file)[0]


@transaction.atomic
def attach_many(*, cases: Sequence[Case], by: User, file: File[Any]) -> list[Attachment]:
    """Keep one file with many cases: its bytes once, and on each case a record of its own.

    Raises what `attach` raises; then nothing is kept.
    """
    for case in cases:
        require_work(by, case)
    name = PurePath((file.name or "file").replace("\\", "/")).name[-LONGEST_NAME:]
    _require_size(file)
    file.seek(0)
    kind = recognise(name, file.read(HEAD_BYTES))
    digest = _sha256(file)
    folder = uuid.uuid4()
    path = _store(file, f"evidence/{folder.hex[:2]}/{folder}")
    try:
        with transaction.atomic():
            kept = Attachment.objects.bulk_create(
                Attachment(
                    case=case,
                    filename=name,
                    path=path,
                    content_type=kind.content_type,
                    size=file.size,
                    sha256=digest,
                    attached_by=by,
                )
                for case in cases
            )
            _record(kept, by=by)
    except BaseException:
        default_storage.delete(path)
        raise
    return kept


@transaction.atomic
def share(*, attachment: Attachment, cases: Iterable[Case], by: User) -> list[Attachment]:
    """Give a file that one case has to others as well; its bytes stay where they are.

    Raises CaseNotFound, MayNotWork.
    """
    require_sight(by, attachment.case)
    held = list(cases)
    for case in held:
        require_work(by, case)
    copied = ("filename", "path", "content_type", "size", "sha256")
    given = {name: getattr(attachment, name) for name in copied}
    kept = Attachment.objects.bulk_create(
        Attachment(case=case, attached_by=by, **given) for case in held
    )
    _record(kept, by=by)
    return kept


def _require_size(file: File[Any]) -> None:
    if not 0 < file.size <= settings.ATTACHMENT_MAX_BYTES:
        largest = settings.ATTACHMENT_MAX_BYTES // 1024 // 1024
        message = f"A file has at least one byte and at most {largest} MB."
        raise FileSizeRefused(message)


def _store(file: File[Any], path: str) -> str:
    try:
        return default_storage.save(path, file)
    except OSError as error:
        default_storage.delete(path)
        message = "The file store cannot take the file now. Nothing was attached."
        raise FileNotStored(message) from error


def _sha256(file: File[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _record(kept: Sequence[Attachment], *, by: User) -> None:
    audit.record_many(
        (
            audit.Event(
                chain=f"case:{each.case_id}",
                verb="case.attached",
                subject=f"case:{each.case.public_id}",
                reason="File attached",
                facts={
                    "attachment": each.public_id,
                    "sha256": each.sha256,
                    "size": each.size,
                },
            )
            for each in kept
        ),
        by=by,
    )
