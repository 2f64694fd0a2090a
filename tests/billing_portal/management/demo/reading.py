"""A reading of 835 bytes that knows nothing of the code that wrote them: segments and sums."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

Segment = list[str]


@dataclass
class Line:
    charge: Decimal
    paid: Decimal
    adjusted: Decimal = Decimal(0)


@dataclass
class Claim:
    control_number: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_share: str
    adjusted: Decimal = Decimal(0)
    shares: Decimal = Decimal(0)
    codes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass
class Transaction:
    amount: Decimal
    payee: str = ""
    claims: list[Claim] = field(default_factory=list)
    provider_adjustments: list[tuple[str, Decimal]] = field(default_factory=list)

    @property
    def is_balanced(self) -> bool:
        paid = sum(claim.paid for claim in self.claims)
        return paid - sum(amount for _, amount in self.provider_adjustments) == self.amount


def segments(data: bytes) -> Iterator[Segment]:
    for text in data.decode("ascii").split("~"):
        if text.strip():
            yield text.strip().split("*")


def transactions(data: bytes) -> list[Transaction]:
    found: list[Transaction] = []
    for segment in segments(data):
        if segment[0] == "BPR":
            found.append(Transaction(Decimal(segment[2])))
        elif found:
            take(found[-1], segment)
    return found


def take(transaction: Transaction, segment: Segment) -> None:
    match segment[0]:
        case "N1" if segment[1] == "PE":
            transaction.payee = segment[4]
        case "CLP":
            charge, paid = Decimal(segment[3]), Decimal(segment[4])
            transaction.claims.append(Claim(segment[1], segment[2], charge, paid, segment[5]))
        case "SVC":
            line = Line(Decimal(segment[2]), Decimal(segment[3]))
            transaction.claims[-1].lines.append(line)
        case "CAS":
            adjust(transaction.claims[-1], segment)
        case "LQ" | "MOA" | "MIA":
            transaction.claims[-1].remarks += segment[2:]
        case "PLB":
            pairs = zip(segment[3::2], segment[4::2], strict=True)
            adjustments = [(name.split(":")[0], Decimal(value)) for name, value in pairs]
            transaction.provider_adjustments += adjustments


def adjust(claim: Claim, segment: Segment) -> None:
    for carc, amount in zip(segment[2::3], segment[3::3], strict=True):
        claim.codes.append(f"{segment[1]}-{carc}")
        claim.adjusted += Decimal(amount)
        claim.shares += Decimal(amount) if segment[1] == "PR" else 0
        if claim.lines:
            claim.lines[-1].adjusted += Decimal(amount)
