"""Remittances as data, and as the bytes of an 835 file (X12 5010, 005010X221A1).

Every amount that must agree is computed, never stated twice: a line's payment is its charge less
its adjustments, a claim's is its lines' less its own, a transaction's is its claims' less its
provider-level adjustments. So whatever is rendered balances to the cent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from billing_portal.management.demo.organisation import Clinician, FacilitySite, PayerProfile

ZERO = Decimal("0.00")
INPATIENT_BILL = "11"
REVERSAL = "22"


@dataclass(frozen=True, slots=True)
class Reduction:
    """One adjustment: why a payment differs from its charge (a CAS triplet)."""

    group: str
    carc: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One service line. `code` is "HC:99214:25" or, for a revenue code alone, "NU:0120"."""

    code: str
    revenue_code: str
    units: int
    charge: Decimal
    served_on: date
    reductions: tuple[Reduction, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def paid(self) -> Decimal:
        """What the payer pays for it."""
        return self.charge - sum((each.amount for each in self.reductions), ZERO)

    @property
    def allowed(self) -> Decimal:
        """What the payer allows: its payment and the patient's share."""
        share = (each.amount for each in self.reductions if each.group == "PR")
        return self.paid + sum(share, ZERO)


@dataclass(frozen=True, slots=True)
class Person:
    """The patient as the payer names them."""

    family_name: str
    given_name: str
    member_id: str


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What a payer decided of one claim (a CLP loop).

    `reductions` are those of the claim as a whole; `billed` is its charge when it has no lines.
    """

    control_number: str
    payer_control_number: str
    status: str
    filing_indicator: str
    bill_type: str
    patient: Person
    clinician: Clinician | None
    received_on: date
    served_from: date
    served_to: date
    lines: tuple[Line, ...] = ()
    reductions: tuple[Reduction, ...] = ()
    remarks: tuple[str, ...] = ()
    billed: Decimal = ZERO

    @property
    def charge(self) -> Decimal:
        """What was billed."""
        return sum((line.charge for line in self.lines), self.billed)

    @property
    def all_reductions(self) -> tuple[Reduction, ...]:
        """The claim's own and its lines'."""
        return self.reductions + tuple(each for line in self.lines for each in line.reductions)

    @property
    def paid(self) -> Decimal:
        """What the payer pays for it."""
        return self.charge - sum((each.amount for each in self.all_reductions), ZERO)

    @property
    def patient_share(self) -> Decimal:
        """What the payer leaves to the patient."""
        return sum((each.amount for each in self.all_reductions if each.group == "PR"), ZERO)

    def reversed(self) -> "Adjudication":
        """The same decision taken back: every amount negated, the units as they were."""
        return replace(
            self,
            status=REVERSAL,
            billed=-self.billed,
            reductions=_negated(self.reductions),
            remarks=(),
            lines=tuple(
                replace(
                    line,
                    charge=-line.charge,
                    reductions=_negated(line.reductions),
                    remarks=(),
                )
                for line in self.lines
            ),
        )


def _negated(reductions: tuple[Reduction, ...]) -> tuple[Reduction, ...]:
    return tuple(replace(each, amount=-each.amount) for each in reductions)


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """A change of a payment that belongs to no claim (one PLB pair); positive lowers it."""

    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """One transaction: what one payer pays one facility on one day.

    `misstated` is what a deliberately wrong one adds to its stated amount.
    """

    payer: PayerProfile
    facility: FacilitySite
    trace: str
    paid_on: date
    claims: tuple[Adjudication, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    misstated: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """The money that moves."""
        claims = sum((claim.paid for claim in self.claims), ZERO)
        return claims - sum((each.amount for each in self.provider_adjustments), ZERO)


@dataclass(frozen=True, slots=True)
class RemittanceFile:
    """One file as a payer drops it: a transaction per facility."""

    name: str
    payer: PayerProfile
    produced_on: date
    control_number: int
    payments: tuple[Payment, ...] = field(default_factory=tuple)


def render(file: RemittanceFile) -> bytes:
    """The file's bytes."""
    ending = "~\n" if file.payer.breaks_lines else "~"
    return ("".join(segment + ending for segment in _interchange(file))).encode("ascii")


def _segment(*elements: object) -> str:
    return "*".join(str(element) for element in elements).rstrip("*")


def _day(on: date) -> str:
    return f"{on:%Y%m%d}"


def _interchange(file: RemittanceFile) -> Iterator[str]:
    number, payer = file.control_number, file.payer
    sent = file.produced_on
    yield (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{payer.identifier:15}*ZZ*{'ALDERVALLEY':15}"
        f"*{sent:%y%m%d}*0430*^*00501*{number:09}*0*T*:"
    )
    yield _segment(
        "GS", "HP", payer.identifier, "ALDERVALLEY", _day(sent), "0430", number, "X", "005010X221A1"
    )
    for ordinal, payment in enumerate(file.payments, start=1):
        yield from _transaction(payment, f"{ordinal:04}")
    yield _segment("GE", len(file.payments), number)
    yield f"IEA*1*{number:09}"


def _transaction(payment: Payment, control_number: str) -> Iterator[str]:
    body = [
        _segment("ST", "835", control_number),
        *_header(payment),
        *(segment for claim in payment.claims for segment in _claim(claim)),
        *_provider_adjustments(payment),
    ]
    yield from body
    yield _segment("SE", len(body) + 1, control_number)


def _header(payment: Payment) -> Iterator[str]:
    payer, facility = payment.payer, payment.facility
    amount = payment.amount + payment.misstated
    method = "ACH" if amount else "NON"
    bank = ("CCP", "01", "000000000", "DA", "0000000", f"1{payer.identifier:9}".replace(" ", "0"))
    receiver = ("", "01", "000000000", "DA", "0000000") if amount else ()
    moved = (*bank, *receiver) if amount else ("",) * 11
    yield _segment(
        "BPR", "I" if amount else "H", amount, "C", method, *moved, _day(payment.paid_on)
    )
    yield _segment("TRN", 1, payment.trace, f"1{payer.identifier:9}".replace(" ", "0"))
    yield _segment("DTM", 405, _day(payment.paid_on))
    if payer.by_qualifier:
        yield _segment("N1", "PR", payer.name.upper(), "XV", payer.identifier)
    else:
        yield _segment("N1", "PR", payer.name.upper())
    yield _segment("N3", "100 DEMONSTRATION WAY")
    yield _segment("N4", "EXAMPLE CITY", "IL", "60000")
    if not payer.by_qualifier:
        yield _segment("REF", "2U", payer.identifier)
    yield _segment("PER", "BL", "PROVIDER SERVICES", "TE", "5555550100")
    yield _segment("N1", "PE", facility.name.upper(), "XX", facility.npi)
    yield _segment("LX", 1)


def _claim(claim: Adjudication) -> Iterator[str]:
    yield _segment(
        "CLP",
        claim.control_number,
        claim.status,
        claim.charge,
        claim.paid,
        "" if claim.status == REVERSAL else claim.patient_share,
        claim.filing_indicator,
        claim.payer_control_number,
        claim.bill_type,
        "1",
    )
    yield from _reductions(claim.reductions)
    yield _segment(
        "NM1", "QC", 1, claim.patient.family_name, claim.patient.given_name,
        "", "", "", "MI", claim.patient.member_id,
    )  # fmt: skip
    if claim.clinician is not None:
        yield _segment(
            "NM1", 82, 1, claim.clinician.family_name, claim.clinician.given_name,
            "", "", "", "XX", claim.clinician.npi,
        )  # fmt: skip
    yield from _claim_remarks(claim)
    yield _segment("DTM", 232, _day(claim.served_from))
    yield _segment("DTM", 233, _day(claim.served_to))
    yield _segment("DTM", "050", _day(claim.received_on))
    for ordinal, line in enumerate(claim.lines, start=1):
        yield from _line(line, f"{claim.control_number}L{ordinal}")


def _claim_remarks(claim: Adjudication) -> Iterator[str]:
    if not claim.remarks:
        return
    if claim.bill_type == INPATIENT_BILL and not claim.lines:
        # MIA05, then MIA20 to MIA23, carry the remarks of an inpatient claim
        first, *rest = claim.remarks
        yield _segment("MIA", 0, "", "", "", first, *([""] * 14), *rest)
    else:
        yield _segment("MOA", "", "", *claim.remarks)


def _line(line: Line, control_number: str) -> Iterator[str]:
    yield _segment("SVC", line.code, line.charge, line.paid, line.revenue_code, line.units)
    yield _segment("DTM", 472, _day(line.served_on))
    yield from _reductions(line.reductions)
    yield _segment("REF", "6R", control_number)
    if line.allowed > ZERO and not line.code.startswith("NU:"):
        yield _segment("AMT", "B6", line.allowed)
    for remark in line.remarks:
        yield _segment("LQ", "HE", remark)


def _reductions(reductions: tuple[Reduction, ...]) -> Iterator[str]:
    """One CAS for each group, its codes in the order given, at most six to a segment."""
    groups = list(dict.fromkeys(each.group for each in reductions))
    for group in groups:
        members = [each for each in reductions if each.group == group]
        for start in range(0, len(members), 6):
            triplets: list[object] = []
            for each in members[start : start + 6]:
                triplets += [each.carc, each.amount, ""]
            yield _segment("CAS", group, *triplets)


def _provider_adjustments(payment: Payment) -> Iterator[str]:
    """PLB, six pairs to a segment."""
    adjustments = payment.provider_adjustments
    for start in range(0, len(adjustments), 6):
        pairs: list[object] = []
        for each in adjustments[start : start + 6]:
            name = f"{each.reason}:{each.reference}" if each.reference else each.reason
            pairs += [name, each.amount]
        year_end = date(payment.paid_on.year, 12, 31)
        yield _segment("PLB", payment.facility.npi, _day(year_end), *pairs)
