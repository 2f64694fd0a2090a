"""835s word by word, for tests of what is made of them: balanced unless a test says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*HOSP           "
    "*260105*0600*^*00501*{0:09d}*0*P*:~GS*HP*PAYER*HOSP*20260105*0600*{0}*X*005010X221A1~"
)
NPI, PAYER = "1234567893", "P0001"


@dataclass(frozen=True, slots=True)
class Clp:
    """One claim with one line. `cuts`: (group, reason, amount); what is left is paid."""

    number: str
    charge: Decimal = Decimal("100.00")
    cuts: Sequence[tuple[str, str, str]] = ()
    status: str = "1"
    icn: str = ""
    name: str = "DOE"
    member: str = ""
    provider: str = ""
    line: str = "99213"
    day: date = date(2026, 1, 15)
    site: str = ""

    @property
    def sign(self) -> int:
        """A reversal's amounts are negative."""
        return -1 if self.status == "22" else 1

    @property
    def paid(self) -> Decimal:
        """What the cuts leave."""
        return self.sign * (self.charge - sum((Decimal(cut[2]) for cut in self.cuts), Decimal(0)))

    def reversed(self, **changes: str) -> "Clp":
        """The reversal of this claim."""
        return replace(self, status="22", **changes)

    def segments(self) -> str:
        """The CLP loop."""
        charge = f"{self.sign * self.charge:.2f}"
        cas = "".join(
            f"CAS*{group}*{carc}*{self.sign * Decimal(amount):.2f}~"
            for group, carc, amount in self.cuts
        )
        site = f"TS3*{self.site}*11*20261231*1*{charge}~" if self.site else ""
        doctor = f"NM1*82*1*DOCTOR*ANY****XX*{self.provider}~" if self.provider else ""
        return (
            f"LX*1~{site}CLP*{self.number}*{self.status}*{charge}*{self.paid:.2f}**12"
            f"*{self.icn or 'ICN' + self.number}*11*1~"
            f"NM1*QC*1*{self.name}*JANE****MI*{self.member or 'M' + self.number}~{doctor}"
            f"SVC*HC:{self.line}*{charge}*{self.paid:.2f}**1~DTM*472*{self.day:%Y%m%d}~{cas}"
        )


@dataclass(frozen=True, slots=True)
class Remit:
    """One payment (ST to SE). `amount` None: what its claims and adjustments come to."""

    trace: str
    claims: Sequence[Clp] = ()
    paid_on: date = date(2026, 2, 10)
    amount: str | None = None
    plb: Sequence[tuple[str, str, str]] = ()
    payer: str = PAYER
    payer_name: str = "SOME PAYER"
    npi: str = NPI
    currency: str = ""

    def segments(self, number: int = 1) -> str:
        """The transaction."""
        total = sum((claim.paid for claim in self.claims), Decimal(0)) - sum(
            (Decimal(amount) for *_, amount in self.plb), Decimal(0)
        )
        amount = self.amount if self.amount is not None else f"{total:.2f}"
        currency = f"CUR*PR*{self.currency}~" if self.currency else ""
        body = (
            f"ST*835*{number:04d}~BPR*I*{amount}*C*ACH*CCP*01*111*DA*33*1512345678**01*111*DA*22"
            f"*{self.paid_on:%Y%m%d}~TRN*1*{self.trace}*1512345678~{currency}"
            f"DTM*405*{self.paid_on:%Y%m%d}~N1*PR*{self.payer_name}*XV*{self.payer}~"
            f"N1*PE*SOME HOSPITAL*XX*{self.npi}~"
            + "".join(claim.segments() for claim in self.claims)
            + "".join(
                f"PLB*{self.npi}*20261231*{reason}:{reference}*{value}~"
                for reason, reference, value in self.plb
            )
        )
        return body + f"SE*{body.count('~') + 1}*{number:04d}~"


def interchange(*remits: Remit, control: int = 1) -> bytes:
    """A file of these payments; another control number makes other bytes of the same content."""
    body = "".join(remit.segments(n) for n, remit in enumerate(remits, start=1))
    return f"{ISA.format(control)}{body}GE*{len(remits)}*{control}~IEA*1*{control:09d}~".encode()


def denied(number: str, carc: str = "197", charge: str = "100.00") -> Clp:
    """A claim denied in full."""
    return Clp(number, Decimal(charge), cuts=[("CO", carc, charge)])


def paid(number: str, charge: str = "100.00", reduced: str = "20.00") -> Clp:
    """A claim paid but for the contract's reduction."""
    return Clp(number, Decimal(charge), cuts=[("CO", "45", reduced)])
