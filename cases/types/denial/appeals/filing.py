"""Timely filing: what stored acknowledgements say of a denial's claim, and the sheet of it.

The earliest acceptance is the proof. A report that only received, forwarded or rejected the claim
proves nothing, and is said to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from billing_portal.kernel.pure.wording import money
from cases.types.denial.appeals import typesetting
from cases.types.denial.appeals.merging import long_date
from cases.types.denial.appeals.typesetting import Part
from cases.work.models import Case
from integrations.canonical.models import Acknowledgement, AcknowledgementStanding

NOTHING = "No acknowledgement of this claim is on record."
ELSEWHERE = (
    " Reports with its number are of another payer, provider or visit; look at the crosswalks."
)
NOT_FILED = "It does not count as filed: correct it and send it again."
NOT_YET = "That is not yet an acceptance."
WORDS = {
    "A0": "forwarded to another party",
    "A1": "received, not yet accepted",
    "A2": "accepted into adjudication",
    "A3": "returned as unprocessable",
    "A4": "not found",
    "A5": "accepted and split",
    "A6": "rejected for missing information",
    "A7": "rejected for invalid information",
    "A8": "rejected for information that does not fit together",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """What is on record of a claim's filing, oldest first. `is_elsewhere`: only of its number."""

    reports: Sequence[Acknowledgement] = ()
    is_elsewhere: bool = False

    def first(self, standing: AcknowledgementStanding) -> Acknowledgement | None:
        """The earliest report of one standing."""
        return next((each for each in self.reports if each.standing == standing), None)

    @property
    def proof(self) -> Acknowledgement | None:
        """The earliest acceptance."""
        return self.first(AcknowledgementStanding.ACCEPTED)

    @property
    def words(self) -> str:
        """What it comes to, as a sentence or two."""
        if self.proof is not None:
            return f"{said(self.proof)} This is the earliest acceptance on record."
        rejected = self.first(AcknowledgementStanding.REJECTED)
        if rejected is not None:
            return f"No acceptance is on record. {said(rejected)} {NOT_FILED}"
        received = self.first(AcknowledgementStanding.RECEIVED)
        if received is not None:
            return f"No acceptance is on record. {said(received)} {NOT_YET}"
        return NOTHING + (ELSEWHERE if self.is_elsewhere else "")


def filing_of(case: Case) -> Filing:
    """What is on record of a case's claim. At most four queries."""
    claim = case.claim
    if claim is None:
        return Filing()
    found = list(Acknowledgement.objects.about(claim).oldest_first())
    same = Acknowledgement.objects.filter(patient_control_number=claim.patient_control_number)
    return Filing(found, is_elsewhere=not found and same.exists())


def said(report: Acknowledgement) -> str:
    """What a report says, as a sentence."""
    sender = report.payer_name or report.payer_identifier
    return (
        f"{sender} reports the claim as {WORDS[report.category]} (status {report.statuses}),"
        f" received on {long_date(report.received_on)}."
    )


def sheet(case: Case, report: Acknowledgement) -> bytes:
    """An acceptance as a page: what it says, and where it stands in what was received."""
    return typesetting.sheet(
        title="Acknowledgement of the claim",
        sender=case.facility.name,
        footer=case.reference,
        parts=[_claim(case, report), _said(report), _received(report)],
    )


def _claim(case: Case, report: Acknowledgement) -> Part:
    days = (report.service_from, report.service_to)
    service = " to ".join(dict.fromkeys(day.isoformat() for day in days if day is not None))
    pairs = (
        ("Our claim number", report.patient_control_number),
        ("Payer’s claim number", report.payer_control_number),
        ("Service", service),
        ("Provider", report.payee_identifier),
        ("Billed", money(report.charge, case.currency) if report.charge is not None else ""),
    )
    return Part("Claim as sent", _known(pairs))


def _said(report: Acknowledgement) -> Part:
    words = WORDS[report.category]
    pairs = (
        ("Reported by", f"{report.payer_name} ({report.payer_identifier})".strip()),
        ("Received on", long_date(report.received_on)),
        ("Status", f"{words[:1].upper()}{words[1:]}"),
        ("Status codes", report.statuses),
        ("Status of", long_date(report.status_on)),
        ("In the sender’s words", report.message),
        ("Report", report.report_number),
        ("Batch", report.batch_number),
    )
    return Part("Acknowledgement (X12 277CA)", _known(pairs))


def _received(report: Acknowledgement) -> Part:
    pairs = (
        ("From", report.source.label),
        ("Taken in", f"{report.received_at:%Y-%m-%d %H:%M} UTC"),
        ("Segment", str(report.position)),
        ("SHA-256 of the file", report.message_sha256),
    )
    return Part("Where it stands", _known(pairs))


def _known(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in pairs if pair[1])
