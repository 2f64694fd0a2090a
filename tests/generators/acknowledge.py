"""277CAs word by word, for tests of what is made of them: balanced unless a test says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.generators.remit import NPI, PAYER

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*HOSP           "
    "*260105*0600*^*00501*{0:09d}*0*P*:~GS*HN*PAYER*HOSP*20260105*0600*{0}*X*005010X214~"
)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ack:
    """What is said of one claim. `extra`: segments that follow its own."""

    number: str
    status: str = "A2:20"
    charge: Decimal = Decimal("100.00")
    on: date = date(2026, 1, 20)
    day: date = date(2026, 1, 15)
    icn: str = ""
    message: str = ""
    extra: str = ""

    @property
    def is_rejected(self) -> bool:
        """As the report's own totals count it."""
        return self.status[:2] in {"A3", "A4", "A6", "A7", "A8"}

    def segments(self, number: int) -> str:
        """The patient's level."""
        does = "U" if self.is_rejected else "WQ"
        said = f"********{self.message}" if self.message else ""
        return (
            f"HL*{number}*3*PT~NM1*QC*1*DOE*JANE****MI*M{self.number}~TRN*2*{self.number}~"
            f"STC*{self.status}*{self.on:%Y%m%d}*{does}*{self.charge}{said}~"
            f"REF*1K*{self.icn or 'ICN' + self.number}~DTP*472*D8*{self.day:%Y%m%d}~{self.extra}"
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """One report (ST to SE) on one batch. `status` is the whole batch's."""

    claims: Sequence[Ack] = ()
    received_on: date = date(2026, 1, 19)
    report: str = "R1"
    batch: str = "B1"
    status: str = "A1:19"
    payer: str = PAYER
    payer_name: str = "SOME PAYER"
    npi: str = NPI

    def segments(self, number: int = 1) -> str:
        """The transaction."""
        body = (
            f"ST*277*{number:04d}*005010X214~BHT*0085*08*{self.report}*20260120*0600*TH~"
            f"HL*1**20*1~NM1*PR*2*{self.payer_name}*****PI*{self.payer}~TRN*1*{self.report}~"
            f"DTP*050*D8*{self.received_on:%Y%m%d}~DTP*009*D8*20260120~"
            f"HL*2*1*21*1~NM1*41*2*SOME HOSPITAL*****46*HOSP~TRN*2*{self.batch}~"
            f"STC*{self.status}*20260120*WQ*{self.total()}~{self.totals()}"
            f"HL*3*2*19*1~NM1*85*2*SOME HOSPITAL*****XX*{self.npi}~"
            + "".join(claim.segments(n) for n, claim in enumerate(self.claims, start=4))
        )
        return body + f"SE*{body.count('~') + 1}*{number:04d}~"

    def total(self) -> Decimal:
        """What was billed in the batch."""
        return sum((claim.charge for claim in self.claims), ZERO)

    def totals(self) -> str:
        """The batch's own counts and amounts, of those that there are."""
        said = ""
        for quantity, amount, is_rejected in (("90", "YU", False), ("AA", "YY", True)):
            found = [each for each in self.claims if each.is_rejected == is_rejected]
            if found:
                value = sum((each.charge for each in found), ZERO)
                said += f"QTY*{quantity}*{len(found)}~AMT*{amount}*{value}~"
        return said


def reports(*batches: Batch, control: int = 1) -> bytes:
    """A file of these reports; another control number makes other bytes of the same content."""
    body = "".join(batch.segments(n) for n, batch in enumerate(batches, start=1))
    return f"{ISA.format(control)}{body}GE*{len(batches)}*{control}~IEA*1*{control:09d}~".encode()
