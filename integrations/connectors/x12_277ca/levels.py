"""What the loops of a 277CA say: its source, its receiver, a billing provider, a patient's claim.

Each is collected until the next level (HL) begins. A claim's loop is then read as one: what is
wrong in one claim never touches another.
"""

from datetime import date
from decimal import Decimal

from integrations.ports.acknowledgements import AcknowledgementFact, Standing
from integrations.ports.elements import ElementRefused, day, optional_money
from integrations.ports.x12 import text

SOURCE, RECEIVER, PROVIDER, CLAIM = "20", "21", "19", "PT"
ABOVE = frozenset({SOURCE, RECEIVER, PROVIDER})
RECEIVED_ON, SERVICE = "050", "472"
PAYER_NUMBER = "1K"
ROLES = {
    SOURCE: frozenset({"PR", "AY"}),
    RECEIVER: frozenset({"41"}),
    PROVIDER: frozenset({"85"}),
    CLAIM: frozenset({"QC"}),
}
OURS, THEIRS = "2", "1"  # TRN01: a number that we gave, or that they gave
TRACES = {SOURCE: THEIRS, RECEIVER: OURS, PROVIDER: THEIRS, CLAIM: OURS}
REFUSED_BY_SENDER = "U"
STANDINGS = {
    "A0": Standing.RECEIVED,
    "A1": Standing.RECEIVED,
    "A2": Standing.ACCEPTED,
    "A3": Standing.REJECTED,
    "A4": Standing.REJECTED,
    "A5": Standing.ACCEPTED,
    "A6": Standing.REJECTED,
    "A7": Standing.REJECTED,
    "A8": Standing.REJECTED,
}
COMPOSITES = (1, 10, 11)
LONGEST = 200
MOST_STATUSES = 50


class Level:
    """One level (HL) as it is read: who it names, its numbers, dates, totals and statuses."""

    def __init__(self, kind: str, position: int, offset: int) -> None:
        self.kind, self.position, self.offset = kind, position, offset
        self.number = self.name = self.identifier = self.trace = ""
        self.named = self.traced = False
        self.references: dict[str, str] = {}
        self.dates: dict[str, str] = {}
        self.totals: dict[str, str] = {}
        self.statuses: list[list[str]] = []
        self.is_in_line = False  # what follows an SVC is of one line, and the claim's own decides
        self.refusal: tuple[int, ElementRefused] | None = None

    def refuse(self, position: int, refusal: ElementRefused) -> None:
        """Set it aside; the first reason stays."""
        self.refusal = self.refusal or (position, refusal)

    def take(self, said: list[str]) -> None:
        """One segment of the level."""
        said = said + [""] * (13 - len(said))
        if said[0] == "SVC":
            self.is_in_line = True
        elif self.is_in_line:
            return
        elif said[0] == "NM1":
            self.take_name(said)
        elif said[0] == "TRN":
            self.take_trace(said)
        elif said[0] == "STC":
            self.take_status(said)
        elif said[0] in {"REF", "DTP", "QTY", "AMT"}:
            self.take_pair(said)

    def take_name(self, said: list[str]) -> None:
        """Who it is about: one party, of the kind that belongs there."""
        if self.named or said[1].strip() not in ROLES[self.kind]:
            why = "NM1 names another party than belongs at this level"
            self.refuse(self.position, ElementRefused("party", why))
        self.named = True
        self.name = clean(" ".join(filter(None, (said[4], said[3]))))
        self.identifier = clean(said[9])

    def take_trace(self, said: list[str]) -> None:
        """Its number: one, of the kind that belongs there."""
        if self.traced or said[1].strip() != TRACES[self.kind]:
            why = "TRN holds another number than belongs at this level"
            self.refuse(self.position, ElementRefused("trace", why))
        self.traced = True
        self.trace = clean(said[2])

    def take_status(self, said: list[str]) -> None:
        """One STC, of which there are few."""
        self.statuses.append(said)
        if len(self.statuses) > MOST_STATUSES:
            why = f"the level has more than {MOST_STATUSES} statuses (STC)"
            self.refuse(self.position, ElementRefused("too_many_statuses", why))
            self.statuses.pop()

    def take_pair(self, said: list[str]) -> None:
        """A qualifier and what it qualifies; the first of each counts."""
        kept = self.references if said[0] == "REF" else self.dates
        if said[0] in {"QTY", "AMT"}:
            kept = self.totals
        kept.setdefault(clean(said[1]), clean(said[3] if said[0] == "DTP" else said[2]))

    def standing(self, component: str) -> tuple[Standing, str, str]:
        """What its statuses come to, with the first's category and code. Raises ElementRefused."""
        if not self.statuses:
            raise ElementRefused("status_missing", "no status (STC) stands in it")
        found = [each for said in self.statuses for each in standings_of(said, component)]
        if len({standing for standing, *_ in found}) > 1:
            raise ElementRefused("status_contradiction", "its statuses (STC) contradict each other")
        return found[0]

    def statuses_as_text(self, component: str) -> str:
        """All statuses, the same whatever their separator: “A7:562:85 A3:21”."""
        sent = [clean(said[at]) for said in self.statuses for at in COMPOSITES if said[at]]
        return " ".join(sent).replace(component, ":")

    def message(self) -> str:
        """What the payer adds in words (STC12)."""
        return " ".join(filter(None, (clean(said[12]) for said in self.statuses)))


def standings_of(said: list[str], component: str) -> list[tuple[Standing, str, str]]:
    """The statuses of one STC, each with its category and code. Raises ElementRefused."""
    found = []
    for at in COMPOSITES:
        if said[at] or at == COMPOSITES[0]:
            category, _, rest = said[at].partition(component)
            if category not in STANDINGS:
                why = f"STC{at:02d} holds no status of a claim acknowledgement (A0 to A8)"
                raise ElementRefused("status", why)
            found.append((STANDINGS[category], category, clean(rest.partition(component)[0])))
    is_refused = said[3].strip() == REFUSED_BY_SENDER
    if is_refused and all(standing is not Standing.REJECTED for standing, *_ in found):
        why = "STC03 says that the claim is refused, STC01 that it is not"
        raise ElementRefused("status_contradiction", why)
    return found


def clean(element: str) -> str:
    """Free text as meant, without what no database takes."""
    return text(element.strip()).replace("\x00", "")


def is_number(trace: str) -> bool:
    """Whether a trace number names a claim: noughts stand for a claim that had none."""
    return bool(trace.strip("0"))


def acknowledgement_of(
    claim: Level,
    *,
    source: Level,
    receiver: Level | None,
    provider: Level | None,
    report_number: str,
    component: str,
) -> AcknowledgementFact:
    """What a report says of one claim. Raises ElementRefused."""
    if claim.refusal is not None:
        raise claim.refusal[1]
    if not is_number(claim.trace):
        raise ElementRefused("control_number", "TRN02 names no claim of ours")
    standing, category, status = claim.standing(component)
    status_on = status_day(claim)
    service = claim.dates.get(SERVICE, "")
    first, _, last = service.partition("-")
    fact = AcknowledgementFact(
        patient_control_number=claim.trace,
        payer_control_number=claim.references.get(PAYER_NUMBER, ""),
        payer_identifier=source.identifier or source.name,
        payer_name=source.name,
        payee_identifier=provider.identifier if provider else "",
        batch_number=receiver.trace if receiver else "",
        report_number=report_number,
        standing=standing,
        category=category,
        status=status,
        statuses=claim.statuses_as_text(component),
        message=claim.message(),
        charge=charge_of(claim),
        service_from=day(first),
        service_to=day(last or first),
        received_on=received_day(source) or status_on,
        status_on=status_on,
        position=claim.position,
        byte_offset=claim.offset,
    )
    require_fit(fact)
    return fact


def status_day(claim: Level) -> date:
    """The day of the claim's first status (STC02). Raises ElementRefused."""
    found = day(claim.statuses[0][2].strip())
    if found is None:
        raise ElementRefused("status_date", "STC02 is no date")
    return found


def received_day(source: Level) -> date | None:
    """When the sender of the report got the batch (DTP*050)."""
    return day(source.dates.get(RECEIVED_ON, ""))


def charge_of(claim: Level) -> Decimal | None:
    """What was billed (STC04). Raises ElementRefused."""
    return optional_money(claim.statuses[0], 4)


def require_fit(fact: AcknowledgementFact) -> None:
    """Raises ElementRefused for what no record can hold."""
    texts = (
        fact.patient_control_number,
        fact.payer_control_number,
        fact.payer_identifier,
        fact.payee_identifier,
        fact.batch_number,
        fact.report_number,
    )
    if any(len(each) > LONGEST for each in texts):
        raise ElementRefused("too_long", f"an identifier is longer than {LONGEST} characters")
    if not fact.payer_identifier:
        raise ElementRefused("payer", "nobody says whose report it is (NM1 at the first level)")
