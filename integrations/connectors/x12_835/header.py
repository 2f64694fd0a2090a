"""What stands before the first claim (ST to LX) and after the last (PLB)."""

from collections.abc import Sequence
from decimal import Decimal

from integrations.ports.elements import ElementRefused, day, money
from integrations.ports.facts import ProviderAdjustmentFact, RemittanceFact
from integrations.ports.x12 import Segment, text

DEBIT = "D"
PRODUCTION = "405"


def clean(element: str) -> str:
    """Free text as meant, without what no database takes."""
    return text(element.strip()).replace("\x00", "")


class HeaderBuilder:
    """Collects what the segments before the first claim say."""

    def __init__(self, opening: Segment, implementation: str) -> None:
        self.opening = opening
        self.implementation = implementation
        self.bpr: Segment | None = None
        self.trn: Segment | None = None
        self.currency = ""
        self.produced = ""
        self.names = {"PR": "", "PE": ""}
        self.identifiers: dict[str, list[str]] = {"PR": [], "PE": []}
        self.party = ""
        self.warnings: list[str] = []

    def take(self, segment: Segment) -> None:
        """One segment of the header."""
        match segment[0]:
            case "BPR":
                self.bpr = segment
            case "TRN":
                self.trn = self.trn or segment
            case "CUR":
                self.currency = segment[2].strip().upper()
            case "DTM" if segment[1] == PRODUCTION:
                self.produced = segment[2]
            case "N1":
                self.name(segment)
            case "REF" if self.party and segment[1] in {"2U", "EO", "TJ", "PQ", "NF"}:
                self.identify(segment[2])

    def name(self, segment: Segment) -> None:
        """Who pays (PR) and who is paid (PE)."""
        self.party = segment[1] if segment[1] in self.names else ""
        if self.party:
            self.names[self.party] = clean(segment[2])
            self.identify(segment[4])

    def identify(self, identifier: str) -> None:
        """Another identifier of the party in hand."""
        held = self.identifiers[self.party]
        cleaned = clean(identifier)
        if cleaned and cleaned not in held:
            held.append(cleaned)

    def build(self) -> RemittanceFact:
        """The header. Raises ElementRefused when payment or trace cannot be read."""
        bpr, trn = self.bpr, self.trn
        if bpr is None:
            raise ElementRefused("no_payment", "the remittance has no BPR, so no payment")
        amount = money(bpr.elements, 2)
        paid_on = day(bpr[16])
        if paid_on is None:
            self.warnings.append(f"BPR16 at segment {bpr.position} is no date.")
        originator = trn[3].strip() if trn else ""
        payer = self.identifiers["PR"] or [originator or self.names["PR"].strip() or "unnamed"]
        payee = self.identifiers["PE"] or [self.names["PE"].strip() or "unnamed"]
        return RemittanceFact(
            control_number=self.opening[2].strip(),
            implementation=self.implementation,
            handling_code=bpr[1],
            amount=-amount if bpr[3] == DEBIT else amount,
            method=bpr[4],
            paid_on=paid_on,
            trace_number=clean(trn[2]) if trn else "",
            originator=originator,
            currency=self.currency,
            produced_on=day(self.produced),
            payer_name=self.names["PR"],
            payer_identifiers=tuple(payer),
            payee_name=self.names["PE"],
            payee_identifiers=tuple(payee),
            position=self.opening.position,
        )


def provider_adjustments(segment: Segment, component: str) -> Sequence[ProviderAdjustmentFact]:
    """The up to six pairs of a PLB segment. Raises ElementRefused."""
    found = []
    for at in range(3, len(segment.elements), 2):
        if not segment[at] and not segment[at + 1]:
            continue
        reason, _, reference = segment[at].partition(component)
        value: Decimal = money(segment.elements, at + 1)
        found.append(
            ProviderAdjustmentFact(
                segment[1].strip(), day(segment[2]), reason, clean(reference), value
            )
        )
    return found
