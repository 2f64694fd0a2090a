"""Preparing an appeal: grounds, letter, evidence, review, attestation."""

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from cases.evidence import services as evidence
from cases.evidence.models import Attachment
from cases.types.denial.appeals import deadlines, filing, letters, packets, services
from cases.types.denial.appeals.letters import Rendered
from cases.types.denial.appeals.lifecycle import AppealVerb
from cases.types.denial.appeals.models import (
    Appeal,
    Exhibit,
    ExhibitKind,
    Ground,
    Letter,
    LetterTemplate,
    Packet,
)
from cases.types.denial.appeals.packets import Built, Piece
from cases.types.denial.appeals.terms import Due, Grounds
from cases.work.models import Case
from cases.work.services import renew_lease
from integrations.canonical.models import Acknowledgement


class LetterChanged(DomainError):
    """The letter is no longer the one that was read."""

    code = "letter_changed"


class ProofMissing(DomainError):
    """No acceptance of the claim is on record; the message says what is."""

    code = "proof_missing"


@transaction.atomic
def begin(*, case: Case, by: User, grounds: Grounds, due: Due | None = None) -> Appeal:
    """Open the next level of appeal, with a letter drafted from the template of its ground.

    Without a deadline of the caller's the rules are asked; where none is configured, there is none.
    An appeal for timely filing takes its proof in by itself, when an acceptance is on record.
    Raises CaseNotFound, MayNotWork, AppealRefused.
    """
    level = services.require_right(case)
    previous = Appeal.objects.get(pk=level.previous) if level.previous is not None else None
    found = due or deadlines.proposed(case, level=level.level, previous=previous)
    reason = f"Appeal of level {level.level}: {Ground(grounds.ground).label}"
    made = services.open_appeal(case=case, by=by, grounds=grounds, due=found, reason=reason)
    template = template_for(grounds.ground)
    services.draft_letter(appeal=made, template=template, by=by, reason="Drafted from its template")
    renew_lease(case=case, by=by)
    proof = filing.filing_of(case).proof if grounds.ground == Ground.TIMELY_FILING else None
    return _proven(made, proof, by=by, seen_version=made.version) if proof else made


def template_for(ground: Ground) -> LetterTemplate:
    """The template of a ground; the house's own are always there."""
    return LetterTemplate.objects.filter(is_active=True, ground=ground).order_by("pk")[0]


def reground(*, appeal: Appeal, by: User, grounds: Grounds, due: Due, seen_version: int) -> Appeal:
    """Change on what the appeal rests, how much it asks for, or by when."""
    reason = f"Ground: {Ground(grounds.ground).label}"
    return services.reground(
        appeal=appeal, by=by, grounds=grounds, due=due, reason=reason, seen_version=seen_version
    )


@transaction.atomic
def redraft(*, appeal: Appeal, by: User, template: LetterTemplate, seen_version: int) -> Appeal:
    """Start the letter anew from another template."""
    reason = f"Drafted anew: {template}"
    changed = services.change(
        appeal=appeal, verb=AppealVerb.EDIT, by=by, reason=reason, seen_version=seen_version
    )
    services.draft_letter(appeal=changed, template=template, by=by, reason=reason)
    return changed


def write(*, appeal: Appeal, by: User, subject: str, body: str, seen_version: int) -> Appeal:
    """Change what the letter says. Raises TemplateRefused with the place, LetterRefused."""
    return services.write_letter(
        appeal=appeal,
        by=by,
        subject=subject,
        body=body,
        reason="Letter written",
        seen_version=seen_version,
    )


def add_exhibit(
    *,
    appeal: Appeal,
    by: User,
    attachment: Attachment,
    kind: ExhibitKind,
    seen_version: int,
    dated_on: date | None = None,
) -> Appeal:
    """Choose a file of the case as evidence. Raises ExhibitRefused."""
    return services.add_exhibit(
        appeal=appeal,
        attachment=attachment,
        kind=kind,
        dated_on=dated_on,
        by=by,
        seen_version=seen_version,
    )


@transaction.atomic
def prove_filing(*, appeal: Appeal, by: User, seen_version: int) -> Appeal:
    """Take the earliest acceptance of the claim in as evidence, with the day it was received.

    Raises ProofMissing, ExhibitRefused.
    """
    found = filing.filing_of(appeal.case)
    if found.proof is None:
        raise ProofMissing(found.words)
    return _proven(appeal, found.proof, by=by, seen_version=seen_version)


def _proven(appeal: Appeal, proof: Acknowledgement, *, by: User, seen_version: int) -> Appeal:
    """The acceptance as a file of the case, chosen as evidence; the same sheet is kept once."""
    content = filing.sheet(appeal.case, proof)
    digest = sha256(content).hexdigest()
    held = Attachment.objects.filter(case=appeal.case_id, sha256=digest).order_by("pk").first()
    name = f"Acknowledgement {proof.received_on.isoformat()}.pdf"
    return add_exhibit(
        appeal=appeal,
        by=by,
        attachment=held or _keep(appeal, content, name, by=by),
        kind=ExhibitKind.FILING_PROOF,
        seen_version=seen_version,
        dated_on=proof.received_on,
    )


def remove_exhibit(*, appeal: Appeal, by: User, exhibit: Exhibit, seen_version: int) -> Appeal:
    """Leave a file out again."""
    return services.remove_exhibit(exhibit=exhibit, by=by, seen_version=seen_version)


def review(*, appeal: Appeal, by: User, reason: str, seen_version: int) -> Appeal:
    """Ask somebody to read it before it goes out."""
    return services.change(
        appeal=appeal, verb=AppealVerb.REVIEW, by=by, reason=reason, seen_version=seen_version
    )


def send_back(*, appeal: Appeal, by: User, reason: str, seen_version: int) -> Appeal:
    """Give it back to be changed; what was attested is void."""
    return services.change(
        appeal=appeal, verb=AppealVerb.SEND_BACK, by=by, reason=reason, seen_version=seen_version
    )


def preview(*, appeal: Appeal, by: User, at: datetime) -> Rendered:
    """The letter as this person would send it today; that it was taken out is on record.

    Raises LetterIncomplete, TemplateRefused, NotSet.
    """
    rendered = letters.render(letter_of(appeal), by=by, on=house_day(at))
    audit.record(
        chain=f"case:{appeal.case_id}",
        verb="case.downloaded",
        subject=f"case:{appeal.case.public_id}",
        by=by,
        reason="Letter previewed",
        appeal=appeal.public_id,
        sha256=rendered.sha256,
    )
    return rendered


def attest(*, appeal: Appeal, by: User, at: datetime, sha256: str, seen_version: int) -> Appeal:
    """Stand for the letter's exact bytes, keep them, and build the packet.

    `sha256` is of the letter that was read: another letter is refused as changed. Raises
    LetterChanged, LetterIncomplete, PacketRefused, NotSet, StaleVersion, AppealMoveRefused; then
    nothing is kept. Both are set before the transaction that keeps them.
    """
    _require_attestable(appeal, by=by, seen_version=seen_version)
    letter = letter_of(appeal)
    packets.require_evidence(letter.template.wanted, _kinds(appeal))
    rendered = letters.render(letter, by=by, on=house_day(at))
    if rendered.sha256 != sha256:
        message = "This is no longer the letter that you read. Read it again, then attest it."
        raise LetterChanged(message)
    return _sign(appeal, rendered, _packet(appeal, rendered), by=by, seen_version=seen_version)


@transaction.atomic
def _require_attestable(appeal: Appeal, *, by: User, seen_version: int) -> None:
    services.lock(appeal=appeal, verb=AppealVerb.ATTEST, by=by, seen_version=seen_version)


@transaction.atomic
def _sign(appeal: Appeal, letter: Rendered, built: Built, *, by: User, seen_version: int) -> Appeal:
    """Keep letter and packet, if the appeal is still as it was seen; no file before that."""
    services.lock(appeal=appeal, verb=AppealVerb.ATTEST, by=by, seen_version=seen_version)
    kept = _keep(appeal, letter.content, f"Appeal letter, level {appeal.level}.pdf", by=by)
    attestation = services.keep_attestation(appeal=appeal, attachment=kept, by=by)
    packet = _keep_packet(appeal, built, by=by)
    return services.change(
        appeal=appeal,
        verb=AppealVerb.ATTEST,
        by=by,
        reason=attestation.statement,
        seen_version=seen_version,
        attestation=attestation,
        packet=packet,
    )


def letter_of(appeal: Appeal) -> Letter:
    """The letter of an appeal, with its template."""
    return Letter.objects.select_related(
        "template",
        "appeal__case__claim__patient",
        "appeal__case__payer",
        "appeal__case__facility",
    ).get(appeal=appeal)


def _kinds(appeal: Appeal) -> list[ExhibitKind]:
    return [ExhibitKind(kind) for kind in appeal.exhibits.values_list("kind", flat=True)]


def _packet(appeal: Appeal, letter: Rendered) -> Built:
    case = appeal.case
    reference = f"{case.reference}, appeal level {appeal.level}"
    return packets.build(
        title=f"Appeal packet {reference}",
        sender=case.facility.name,
        footer=reference,
        pieces=[
            Piece("Appeal letter", "letter.pdf", letter.content),
            Piece(
                "Claim and remittance",
                "claim-and-remittance.pdf",
                packets.record_sheet(case, reference=reference),
            ),
            *_evidence(appeal),
        ],
    )


def _evidence(appeal: Appeal) -> Iterator[Piece]:
    for exhibit in appeal.exhibits.select_related("attachment").order_by("pk"):
        file = exhibit.attachment
        with default_storage.open(file.path) as stored:
            content = stored.read()
        label = ExhibitKind(exhibit.kind).label
        yield Piece(label, file.filename, content, file.content_type)


def _keep_packet(appeal: Appeal, built: Built, *, by: User) -> Packet:
    kept = _keep(appeal, built.content, f"Appeal packet, level {appeal.level}.pdf", by=by)
    return services.keep_packet(
        appeal=appeal, attachment=kept, pages=built.pages, manifest=built.manifest, by=by
    )


def _keep(appeal: Appeal, content: bytes, name: str, *, by: User) -> Attachment:
    return evidence.attach(case=appeal.case, by=by, file=ContentFile(content, name=name))
