"""Short words for reading files in tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from integrations.connectors.x12_835 import CONNECTOR
from integrations.ports.facts import RemittanceFact, RemittedClaimFact
from integrations.ports.protocols import (
    ClaimQuarantined,
    ClaimRead,
    Event,
    MessageProblem,
    TransactionClosed,
    TransactionOpened,
)

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*HOSP           "
    "*260105*0600*^*00501*{0:09d}*0*P*:~"
)
GS, GE = "GS*HP*PAYER*HOSP*20260105*0600*1*X*005010X221A1~", "GE*1*1~IEA*1*{0:09d}~"
TOP = (
    "ST*835*0001~BPR*I*{0}*C*ACH*CCP*01*111*DA*33*1512345678**01*111*DA*22*20260105~"
    "TRN*1*T-77*1512345678~N1*PR*SOME PAYER*XV*P1~N1*PE*SOME HOSPITAL*XX*1234567893~LX*1~"
)
GOOD = (
    "CLP*A1*1*100*80*20*12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*M1~SVC*HC:99213*100*80**1~"
    "DTM*472*20251201~CAS*PR*2*20~"
)
DENIED = "CLP*A2*1*50.50*0**12*ICN2*11*1~SVC*HC:71046*50.50*0**1~CAS*CO*197*50.50~LQ*HE*N706~"


def file(*claims: str, amount: str = "80", se: str = "SE*9*0001~", control: int = 1) -> str:
    """A remittance of these claims in an interchange of its own."""
    return ISA.format(control) + GS + TOP.format(amount) + "".join(claims) + se + GE.format(control)


@dataclass(frozen=True, slots=True)
class Read:
    """All that was read."""

    events: list[Event]

    @property
    def headers(self) -> list[RemittanceFact]:
        return [e.header for e in self.events if isinstance(e, TransactionOpened)]

    @property
    def claims(self) -> list[RemittedClaimFact]:
        return [e.claim for e in self.events if isinstance(e, ClaimRead)]

    @property
    def set_aside(self) -> list[ClaimQuarantined]:
        return [e for e in self.events if isinstance(e, ClaimQuarantined)]

    @property
    def closed(self) -> list[TransactionClosed]:
        return [e for e in self.events if isinstance(e, TransactionClosed)]

    @property
    def problems(self) -> list[MessageProblem]:
        return [e for e in self.events if isinstance(e, MessageProblem)]

    @property
    def paid(self) -> Decimal:
        return sum((claim.paid for claim in self.claims), Decimal(0))

    def codes(self) -> set[str]:
        """Every reason that something was set aside or spoken of."""
        return {e.reason_code for e in [*self.set_aside, *self.problems]}


def read(content: str | bytes | Iterable[bytes]) -> Read:
    """Read a file given as text, bytes or chunks."""
    if isinstance(content, str):
        content = content.encode()
    chunks = [content] if isinstance(content, bytes) else content
    return Read(list(CONNECTOR.read(chunks)))
