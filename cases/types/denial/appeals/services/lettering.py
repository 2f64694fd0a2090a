"""Letters and evidence of an appeal: writing, proving, attesting."""

from datetime import date

from django.db import IntegrityError, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import delete_because, save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.evidence.models import Attachment
from cases.types.denial.appeals.lifecycle import AppealVerb
from cases.types.denial.appeals.merging import check
from cases.types.denial.appeals.models import (
    Appeal,
    Attestation,
    Exhibit,
    ExhibitKind,
    Letter,
    LetterTemplate,
)
from cases.types.denial.appeals.services.changing import change, record

STATEMENT = "I have read this letter as it goes out, and what it says is true as far as I know."


class LetterRefused(DomainError):
    """The letter says nothing."""

    code = "letter_refused"


class ExhibitRefused(DomainError):
    """This file cannot be evidence here, or not of this kind."""

    code = "exhibit_refused"


@transaction.atomic
def draft_letter(*, appeal: Appeal, template: LetterTemplate, by: User, reason: str) -> Letter:
    """Start an appeal's letter from a template, or start it anew from another.

    The caller has checked hand and version. Raises TemplateRefused.
    """
    letter = Letter.objects.filter(appeal=appeal).first() or Letter(appeal=appeal)
    letter.template, letter.template_version = template, template.version
    return _keep(letter, subject=template.subject, body=template.body, by=by, reason=reason)


@transaction.atomic
def write_letter(
    *,
    appeal: Appeal,
    by: User,
    subject: str,
    body: str,
    reason: str,
    seen_version: int | None,
) -> Appeal:
    """Change what a letter says; what was attested is void.

    Raises TemplateRefused for a field that does not exist, LetterRefused for an empty letter.
    """
    changed = change(
        appeal=appeal, verb=AppealVerb.EDIT, by=by, reason=reason, seen_version=seen_version
    )
    _keep(Letter.objects.get(appeal=changed), subject=subject, body=body, by=by, reason=reason)
    return changed


def _keep(letter: Letter, *, subject: str, body: str, by: User, reason: str) -> Letter:
    letter.subject, letter.body = subject.strip(), body.replace("\r\n", "\n").strip()
    if not letter.subject or not letter.body:
        message = "A letter has a subject and a text."
        raise LetterRefused(message)
    check(letter.subject)
    check(letter.body)
    save_because(letter, by=by, reason=reason)
    return letter


@transaction.atomic
def add_exhibit(
    *,
    appeal: Appeal,
    attachment: Attachment,
    kind: ExhibitKind,
    dated_on: date | None,
    by: User,
    seen_version: int | None,
) -> Appeal:
    """Choose a file of the case as evidence; what was attested is void. Raises ExhibitRefused."""
    if attachment.case_id != appeal.case_id:
        message = "This file is of another case."
        raise ExhibitRefused(message)
    if kind == ExhibitKind.FILING_PROOF and dated_on is None:
        message = "Give the date of the acknowledgement: it is what proves timely filing."
        raise ExhibitRefused(message)
    reason = f"{ExhibitKind(kind).label}: {attachment.filename}"
    changed = change(
        appeal=appeal, verb=AppealVerb.EDIT, by=by, reason=reason, seen_version=seen_version
    )
    made = Exhibit(appeal=changed, attachment=attachment, kind=kind, dated_on=dated_on)
    try:
        with transaction.atomic():
            save_because(made, by=by, reason=reason)
    except IntegrityError as error:
        message = "This file is part of the evidence already."
        raise ExhibitRefused(message) from error
    return changed


@transaction.atomic
def remove_exhibit(*, exhibit: Exhibit, by: User, seen_version: int | None) -> Appeal:
    """Take a file out of the evidence; it stays with the case."""
    reason = f"Left out: {exhibit.attachment.filename}"
    changed = change(
        appeal=exhibit.appeal,
        verb=AppealVerb.EDIT,
        by=by,
        reason=reason,
        seen_version=seen_version,
    )
    delete_because(exhibit, by=by, reason=reason)
    return changed


def keep_attestation(*, appeal: Appeal, attachment: Attachment, by: User) -> Attestation:
    """Note that somebody stands for a letter's exact bytes, which the attachment holds."""
    made = Attestation.objects.create(
        appeal=appeal,
        attachment=attachment,
        sha256=attachment.sha256,
        statement=STATEMENT,
        attested_by=by,
    )
    record(
        appeal.case,
        "appeal.attested",
        by=by,
        reason=STATEMENT,
        appeal=appeal.public_id,
        sha256=made.sha256,
    )
    return made
