"""One CLP loop into one claim fact: read and balanced."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from integrations.connectors.x12_835.elements import (
    REMEMBERED,
    ElementRefused,
    day,
    money,
    optional_money,
)
from integrations.connectors.x12_835.lines import Adjusted, LineBuilder
from integrations.ports.facts import (
    PartyFact,
    RemarkFact,
    RemarkPlace,
    RemittedClaimFact,
    ServiceLineFact,
)
from integrations.ports.x12 import Segment, Separators, text

PATIENT, SUBSCRIBER, RENDERING = "QC", "IL", "82"
RECEIVED, STARTED, ENDED = "050", "232", "233"
INPATIENT_REMARKS, OUTPATIENT_REMARKS = (5, 20, 21, 22, 23), (3, 4, 5, 6, 7)


class ClaimBuilder(Adjusted):
    """Collects what the segments of one CLP loop say; the first that cannot be taken refuses it."""

    group_number = ""
    line: LineBuilder | None = None
    warnings: tuple[str, ...] = ()
    refusal: tuple[str, str] | None = None

    def __init__(self, clp: Segment, separators: Separators, provider: str) -> None:
        super().__init__()
        self.clp = clp.elements + [""] * (10 - len(clp.elements))
        self.start = self.position = clp.position
        self.offset = clp.offset
        self.element, self.component = separators.element, separators.component
        self.provider = provider
        self.parties: dict[str, PartyFact] = {}
        self.lines: list[LineBuilder] = []
        self.hand: Adjusted = self

    def refuse(self, reason_code: str, reason: str) -> None:
        """Set the claim aside; the first reason stands."""
        if self.refusal is None:
            self.refusal = reason_code, f"Segment {self.position}: {reason}."

    # One method a segment

    def take_cas(self, raw: str) -> None:
        """Adjustments of the line in hand, else of the claim."""
        self.hand.adjust(raw.split(self.element))

    def take_svc(self, raw: str) -> None:
        """A new line."""
        self.line = self.hand = LineBuilder(raw.split(self.element), self.position, self.component)
        self.lines.append(self.line)

    def take_dtm(self, raw: str) -> None:
        """Dates of the line in hand, else of the claim."""
        qualifier, when = dtm_of(raw, self.element)
        if when is None:
            self.warnings += (f"DTM02 at segment {self.position} is no date.",)
        self.hand.dates[qualifier] = when

    def take_nm1(self, raw: str) -> None:
        """A party; the first of each role counts."""
        said = raw.split(self.element)
        said += [""] * (10 - len(said))
        if said[1] not in self.parties:
            name, given = said[3], said[4]
            if not raw.isascii():
                name, given = text(name), text(given)
            self.parties[said[1]] = PartyFact(said[1], name, given, said[8], said[9].strip())

    def take_ref(self, raw: str) -> None:
        """The line's control number; the claim's group number."""
        said = raw.split(self.element, 3)
        if len(said) < 3:
            return
        if self.line is not None and said[1] == "6R":
            self.line.control_number = said[2]
        elif self.line is None and said[1] == "1L":
            self.group_number = said[2]

    def take_amt(self, raw: str) -> None:
        """What was allowed on the line (AMT*B6)."""
        said = raw.split(self.element)
        if self.line is not None and len(said) > 1 and said[1] == "B6":
            self.line.allowed = optional_money(said, 2)

    def take_lq(self, raw: str) -> None:
        """A remark on the line (LQ*HE)."""
        said = raw.split(self.element)
        if len(said) > 2 and said[1] == "HE" and said[2]:
            self.hand.remarks += (RemarkFact(said[2], RemarkPlace.LINE),)

    def take_mia(self, raw: str) -> None:
        """Remarks of an inpatient claim: MIA05, MIA20 to MIA23."""
        self.remark(raw, INPATIENT_REMARKS, RemarkPlace.INPATIENT)

    def take_moa(self, raw: str) -> None:
        """Remarks of an outpatient claim: MOA03 to MOA07."""
        self.remark(raw, OUTPATIENT_REMARKS, RemarkPlace.OUTPATIENT)

    def remark(self, raw: str, places: Sequence[int], place: RemarkPlace) -> None:
        """Keep the codes that are there."""
        said = raw.split(self.element)
        kept = [RemarkFact(said[at], place) for at in places if at < len(said) and said[at]]
        self.remarks += tuple(kept)

    # The whole

    def build(self) -> RemittedClaimFact:
        """The claim, if CLP03 less every adjustment is CLP04. CLP05 is compared with PR: warn only.

        Raises ElementRefused; `position` is then where.
        """
        clp = self.clp
        self.position = self.start
        charge, paid = money(clp, 3), money(clp, 4)
        lines, adjusted, owed = self.built_lines()
        self.position = self.start
        if charge - adjusted != paid:
            raise ElementRefused(
                "claim_unbalanced",
                f"CLP04 says {paid} was paid, but the charge {charge} less adjustments {adjusted}"
                f" is {charge - adjusted}",
            )
        responsibility = optional_money(clp, 5)
        if responsibility is not None and owed != responsibility:
            self.warnings += (f"CLP05 says {responsibility}, the PR adjustments sum to {owed}.",)
        party, when = self.parties.get, self.dates.get
        return RemittedClaimFact(
            clp[1],
            clp[2],
            charge,
            paid,
            responsibility,
            clp[6],
            clp[7],
            clp[8],
            clp[9],
            self.group_number,
            when(STARTED) or earliest(lines),
            when(ENDED) or latest(lines),
            when(RECEIVED),
            party(PATIENT),
            party(SUBSCRIBER),
            party(RENDERING),
            self.provider,
            self.adjustments,
            self.remarks,
            lines,
            self.warnings,
            self.start,
            self.offset,
        )

    def built_lines(self) -> tuple[tuple[ServiceLineFact, ...], Decimal, Decimal]:
        """The lines, each with its place in hand in case it is refused.

        And what all adjustments, the claim's and theirs, sum to; and what of that the patient owes.
        """
        adjusted, owed = self.adjusted, self.owed
        built: list[ServiceLineFact] = []
        for line in self.lines:
            self.position = line.position
            built.append(line.build(len(built) + 1))
            adjusted += line.adjusted
            owed += line.owed
        return tuple(built), adjusted, owed


@lru_cache(REMEMBERED)
def dtm_of(raw: str, element: str) -> tuple[str, date | None]:
    """What date a DTM gives, and which: None when it is no date."""
    said = raw.split(element)
    return (said[1], day(said[2])) if len(said) > 2 else ("", None)


def earliest(lines: Sequence[ServiceLineFact]) -> date | None:
    """The first day of service on any line."""
    return min((line.service_from for line in lines if line.service_from), default=None)


def latest(lines: Sequence[ServiceLineFact]) -> date | None:
    """The last day of service on any line."""
    return max((line.service_to for line in lines if line.service_to), default=None)


# By the first three letters: LQ is the one id of two, whatever the separator
TAKES: dict[str, Callable[[ClaimBuilder, str], None]] = {
    "CAS": ClaimBuilder.take_cas,
    "SVC": ClaimBuilder.take_svc,
    "DTM": ClaimBuilder.take_dtm,
    "NM1": ClaimBuilder.take_nm1,
    "REF": ClaimBuilder.take_ref,
    "AMT": ClaimBuilder.take_amt,
    "MIA": ClaimBuilder.take_mia,
    "MOA": ClaimBuilder.take_moa,
    **{f"LQ{separator}": ClaimBuilder.take_lq for separator in map(chr, range(33, 127))},
}
