"""The packet: letter, remittance, claim and evidence in one PDF, with a manifest of what is in it.

The same inputs give the same bytes. PDF and pictures become pages; other files are listed with
their digest and travel beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import money
from cases.types.denial.appeals import typesetting
from cases.types.denial.appeals.models import ExhibitKind
from cases.types.denial.appeals.typesetting import Part
from cases.types.denial.appeals.values import lines_table
from cases.types.denial.details import DenialDetails
from cases.work.models import Case

PDF = "application/pdf"
PICTURES = {"image/png": ".png", "image/jpeg": ".jpg"}
PRODUCER = "Billing Portal"
DIGEST_SHOWN = 16


class PacketRefused(DomainError):
    """Something that the packet needs is missing, or cannot be read."""

    code = "packet_refused"


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a packet: what it is, its bytes, and what kind they are of."""

    label: str
    filename: str
    content: bytes
    content_type: str = PDF

    @property
    def sha256(self) -> str:
        """The digest of the file as it is kept, not of the pages made from it."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Built:
    """A packet's bytes, its number of pages and its manifest."""

    content: bytes
    pages: int
    manifest: dict[str, Any]


def require_evidence(wanted: Sequence[ExhibitKind], held: Sequence[ExhibitKind]) -> None:
    """Raises PacketRefused, naming each kind of evidence that is missing."""
    lacking = [each.label for each in wanted if each not in held]
    if lacking:
        message = f"Evidence is missing: {'; '.join(lacking)}. Attach it and choose it first."
        raise PacketRefused(message)


def build(*, title: str, sender: str, footer: str, pieces: Sequence[Piece]) -> Built:
    """Join the pieces behind their manifest. Raises PacketRefused, NotSet."""
    pages = [_pages_of(piece) for piece in pieces]
    front = 1
    while True:
        parts = _numbered(pieces, pages, first=front + 1)
        cover = typesetting.sheet(title=title, sender=sender, footer=footer, parts=_cover(parts))
        if (needed := len(_read(cover).pages)) == front:
            break
        front = needed
    content = _joined([_read(cover), *(each for each in pages if each is not None)], title=title)
    total = front + sum(len(each.pages) for each in pages if each is not None)
    return Built(content, total, {"pages": total, "parts": parts})


def record_sheet(case: Case, *, reference: str) -> bytes:
    """The claim and what the payer decided on it, from the records kept of both."""
    details = DenialDetails.from_json(case.details)
    return typesetting.sheet(
        title="Claim and remittance",
        sender=case.facility.name,
        footer=reference,
        parts=[_claim(case, details), _remittance(case, details), _lines(case, details)],
    )


def _claim(case: Case, details: DenialDetails) -> Part:
    claim = case.claim
    service = " to ".join(
        on.isoformat() for on in (details.service_from, details.service_to) if on is not None
    )
    pairs = (
        ("Facility", case.facility.name),
        ("Payer", case.payer.name if case.payer else ""),
        ("Our claim number", claim.patient_control_number if claim else ""),
        ("Payer’s claim number", details.payer_control_number),
        ("Service", service),
        ("Billed", money(details.charge, case.currency)),
    )
    return Part("Claim", tuple(pair for pair in pairs if pair[1]))


def _remittance(case: Case, details: DenialDetails) -> Part:
    pairs = (
        ("Remittance", details.trace),
        ("Date", details.paid_on.isoformat() if details.paid_on else ""),
        ("Paid", money(details.paid, case.currency)),
        ("Denied", money(details.denied_amount, case.currency)),
        ("Leading reason", f"{case.code}: {details.words}"),
        ("Remarks", ", ".join(details.remarks)),
    )
    rows = tuple(
        (f"{cut.group}-{cut.carc}", money(cut.amount, case.currency))
        for cut in details.claim_adjustments
    )
    header = ("Adjustment of the whole claim", "Amount")
    return Part("Decision", tuple(pair for pair in pairs if pair[1]), header, rows)


def _lines(case: Case, details: DenialDetails) -> Part:
    table = lines_table(details, currency=case.currency)
    return Part("Lines as decided", (), table.header, table.rows)


def _pages_of(piece: Piece) -> PdfReader | None:
    """The pages that a file becomes; None: it is listed only."""
    if piece.content_type in PICTURES:
        ending = PICTURES[piece.content_type]
        return _read(typesetting.picture(piece.content, ending=ending, title=piece.label))
    return _read(piece.content, piece.filename) if piece.content_type == PDF else None


def _read(content: bytes, filename: str = "") -> PdfReader:
    try:
        reader = PdfReader(BytesIO(content))
        len(reader.pages)
    except (PyPdfError, ValueError, KeyError) as error:
        message = f"“{filename}” cannot be read as a PDF. Attach it again, unprotected."
        raise PacketRefused(message) from error
    return reader


def _numbered(
    pieces: Sequence[Piece], pages: Sequence[PdfReader | None], *, first: int
) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for piece, reader in zip(pieces, pages, strict=True):
        count = len(reader.pages) if reader else 0
        where = [first, first + count - 1] if count else None
        said = {"label": piece.label, "filename": piece.filename, "sha256": piece.sha256}
        parts.append({**said, "pages": where})
        first += count
    return parts


def _cover(parts: Sequence[dict[str, Any]]) -> list[Part]:
    rows = tuple(
        (
            each["label"],
            each["filename"],
            "–".join(map(str, dict.fromkeys(each["pages"]))) if each["pages"] else "sent beside",
            each["sha256"][:DIGEST_SHOWN],
        )
        for each in parts
    )
    return [Part("Contents", (), ("Document", "File", "Pages", "SHA-256 begins"), rows)]


def _joined(readers: Sequence[PdfReader], *, title: str) -> bytes:
    writer = PdfWriter()
    for reader in readers:
        writer.append(reader, import_outline=False)
    writer.add_metadata({"/Title": title, "/Producer": PRODUCER})
    made = BytesIO()
    writer.write(made)
    return made.getvalue()
