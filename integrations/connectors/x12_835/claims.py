"""One CLP loop into one claim fact: read and balanced, or refused with the place and the reason."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from integrations.connectors.x12_835.loops import Loop, fact
from integrations.ports.elements import (
    REMEMBERED,
    ElementRefused,
    money,
    optional_money,
    optional_quantity,
)
from integrations.ports.facts import RemittedClaimFact, ServiceLineFact

LONGEST = 25_000  # segments of one claim
PATIENT, SUBSCRIBER, RENDERING = "QC", "IL", "82"
RECEIVED, STARTED, ENDED = "050", "232", "233"
SERVICE, SERVICE_FROM, SERVICE_TO = "472", "150", "151"
ZERO = Decimal(0)


class ClaimBuilder:
    """One claim in hand: its own loop and its lines'.

    `refusal` is why it is set aside: a code and a sentence. The first stands.
    """

    __slots__ = ("days", "lines", "offset", "own", "provider", "refusal")

    def __init__(self, own: Loop, provider: str, offset: int) -> None:
        self.own = own
        self.provider = provider
        self.offset = offset
        self.lines: list[Loop] = []
        self.days: tuple[date, ...] = ()  # served on any line
        self.refusal: tuple[str, str] | None = None

    def refuse(self, position: int, refusal: ElementRefused) -> None:
        """Set the claim aside; the first reason stands."""
        if self.refusal is None:
            self.refusal = refusal.reason_code, f"Segment {position}: {refusal}."

    def build(self, component: str) -> RemittedClaimFact | None:
        """The claim, if each line and the whole are in balance; None when it is refused."""
        if self.refusal is not None:
            return None
        built: list[ServiceLineFact] = []
        position = self.own.position
        try:
            for line in self.lines:
                position = line.position
                built.append(balanced_line(line, self, len(built) + 1, component))
            position = self.own.position
            return balanced(self, tuple(built))
        except ElementRefused as refusal:
            self.refuse(position, refusal)
            return None


def balanced_line(loop: Loop, claim: ClaimBuilder, ordinal: int, component: str) -> ServiceLineFact:
    """A line, if SVC02 less its adjustments is SVC03. Raises ElementRefused.

    What it says for its claim (sums, parties, warnings) is told to the claim.
    """
    svc, dates = loop.opening, loop.dates
    charge = money(svc, 2)
    paid = money(svc, 3) if len(svc) > 3 and svc[3] else ZERO
    if charge - loop.adjusted != paid:
        raise ElementRefused(
            "line_unbalanced",
            f"SVC03 says {paid} was paid, but the charge {charge} less adjustments"
            f" {loop.adjusted} is {charge - loop.adjusted}",
        )
    own = claim.own
    own.adjusted += loop.adjusted
    own.owed += loop.owed
    if loop.parties or loop.warnings:
        own.parties = loop.parties | own.parties
        own.warnings += loop.warnings
    qualifier, procedure, modifiers = service_of(svc[1], component)
    started = dates.get(SERVICE) or dates.get(SERVICE_FROM)
    ended = dates.get(SERVICE_TO) or started
    if started and ended:
        claim.days += started, ended
    said = (
        ordinal,
        qualifier,
        procedure,
        modifiers,
        svc[4] if len(svc) > 4 else "",
        charge,
        paid,
        loop.allowed,
        optional_quantity(svc, 5),
        started,
        ended,
        loop.line_number,
        tuple(loop.adjustments),
        loop.remarks,
    )
    return fact(ServiceLineFact, said)


def balanced(claim: ClaimBuilder, lines: tuple[ServiceLineFact, ...]) -> RemittedClaimFact:
    """The claim, if CLP03 less all adjustments is CLP04. CLP05 is compared with PR: warn only.

    Raises ElementRefused.
    """
    own = claim.own
    clp, party, when = own.opening, own.parties.get, own.dates.get
    charge, paid, responsibility = money(clp, 3), money(clp, 4), optional_money(clp, 5)
    if charge - own.adjusted != paid:
        raise ElementRefused(
            "claim_unbalanced",
            f"CLP04 says {paid} was paid, but the charge {charge} less adjustments {own.adjusted}"
            f" is {charge - own.adjusted}",
        )
    if responsibility is not None and own.owed != responsibility:
        own.warnings += (f"CLP05 says {responsibility}, the PR adjustments sum to {own.owed}.",)
    said = (
        clp[1],
        clp[2],
        charge,
        paid,
        responsibility,
        clp[6],
        clp[7],
        clp[8],
        clp[9],
        own.group_number,
        when(STARTED) or (min(claim.days) if claim.days else None),
        when(ENDED) or (max(claim.days) if claim.days else None),
        when(RECEIVED),
        party(PATIENT),
        party(SUBSCRIBER),
        party(RENDERING),
        claim.provider,
        tuple(own.adjustments),
        own.remarks,
        lines,
        own.warnings,
        own.position,
        claim.offset,
    )
    return fact(RemittedClaimFact, said)


@lru_cache(REMEMBERED)
def service_of(composite: str, component: str) -> tuple[str, str, tuple[str, ...]]:
    """The qualifier, the procedure and its up to four modifiers (HC:99213:25)."""
    said = composite.split(component)
    return said[0], said[1] if len(said) > 1 else "", tuple(filter(None, said[2:6]))
