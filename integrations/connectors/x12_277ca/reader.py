"""A file of claim acknowledgements into facts: which levels belong together, claim by claim."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from integrations.connectors.x12_277ca.levels import (
    ABOVE,
    CLAIM,
    PROVIDER,
    RECEIVER,
    SOURCE,
    Level,
    acknowledgement_of,
    clean,
)
from integrations.ports.acknowledgements import AcknowledgementFact, ReportFact, Standing
from integrations.ports.elements import ElementRefused, day
from integrations.ports.envelopes import (
    OVERLONG,
    SAID,
    UNPRINTABLE,
    EnvelopeReader,
    count_warnings,
    problem,
)
from integrations.ports.protocols import (
    AcknowledgementRead,
    ClaimQuarantined,
    Event,
    ReportClosed,
    ReportOpened,
)
from integrations.ports.x12 import CUT, FOREIGN, NOTHING, PROSE, TOO_LONG, Segment

IMPLEMENTATION = "005010X214"
ZERO = Decimal(0)
ORDER = (SOURCE, RECEIVER, PROVIDER, CLAIM)
ACCEPTED_COUNT, REJECTED_COUNT = "90", "AA"
ACCEPTED_AMOUNT, REJECTED_AMOUNT = "YU", "YY"
BREAKS_OFF = ElementRefused("truncated", "the report breaks off here: the claim may not be whole")


@dataclass(slots=True)
class Tally:
    """Counts and amounts of a batch's claims, or what the report says they are."""

    counts: dict[str, int] = field(default_factory=lambda: {ACCEPTED_COUNT: 0, REJECTED_COUNT: 0})
    amounts: dict[str, Decimal] = field(
        default_factory=lambda: {ACCEPTED_AMOUNT: ZERO, REJECTED_AMOUNT: ZERO}
    )

    def add(self, fact: AcknowledgementFact) -> None:
        """Count a claim: what is not rejected counts as accepted into the report's totals."""
        is_rejected = fact.standing is Standing.REJECTED
        self.counts[REJECTED_COUNT if is_rejected else ACCEPTED_COUNT] += 1
        self.amounts[REJECTED_AMOUNT if is_rejected else ACCEPTED_AMOUNT] += fact.charge or ZERO

    def says(self, totals: dict[str, str]) -> bool:
        """Whether totals as sent are these; what was left out is not asked."""
        counted = {key: str(value) for key, value in self.counts.items()}
        sums = {key: f"{value:.2f}" for key, value in self.amounts.items()}
        return all(
            same(totals[key], value) for key, value in (counted | sums).items() if key in totals
        )


@dataclass(slots=True)
class Report:
    """One ST to SE as it is read. A batch is all that stands under one receiver."""

    opening: Segment
    implementation: str
    beginning: list[str] = field(default_factory=list)
    is_open: bool = False
    levels: dict[str, Level] = field(default_factory=dict)
    batch: Tally = field(default_factory=Tally)
    is_balanced: bool = True
    is_whole: bool = True
    warnings: list[str] = field(default_factory=list)

    def enter(self, level: Level, *, number: str) -> str:
        """A level begins: those beside and below it are over; returns the number of its parent."""
        for kind in ORDER[ORDER.index(level.kind) :]:
            self.levels.pop(kind, None)
        parent = next((self.levels[each] for each in reversed(ORDER) if each in self.levels), None)
        self.levels[level.kind], level.number = level, number
        return parent.number if parent else ""

    @property
    def number(self) -> str:
        """The sender's own number of it (BHT03)."""
        return clean(self.beginning[3])[:200] if len(self.beginning) > 3 else ""

    def header(self) -> ReportFact:
        """What its header says."""
        said = self.beginning
        return ReportFact(
            control_number=clean(self.opening[2]),
            implementation=self.implementation,
            report_number=self.number,
            produced_on=day(said[4].strip()) if len(said) > 4 else None,
            position=self.opening.position,
        )


class Reader(EnvelopeReader):
    """Walks the segments of one message."""

    kind: ClassVar[str] = "277"
    wanted: ClassVar[str] = "a claim acknowledgement (277CA)"
    lost: ClassVar[str] = "reports"

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__(chunks)
        self.report: Report | None = None
        self.level: Level | None = None  # in hand: where the next segment belongs

    @property
    def is_inside(self) -> bool:
        """Whether a report is in hand."""
        return self.report is not None

    def walk(self, block: list[str]) -> Iterator[Event]:
        """One block of segments."""
        element, first = self.blocks.separators.element, self.position + 1
        for at, raw in enumerate(block):
            said = raw.split(element)
            self.at, self.position = at, first + at
            yield from TAKES.get(said[0], Reader.take_other)(self, said)
            if self.blocks.is_suspect and "\x00" in raw and self.level is not None:
                self.level.refuse(self.position, UNPRINTABLE)

    def take_other(self, said: list[str]) -> Iterable[Event]:
        """What begins and ends nothing belongs to the level in hand."""
        if self.level is not None:
            self.level.take(said)
        elif self.report is not None and said[0] == "BHT":
            self.report.beginning = said
        return ()

    def begin(self, segment: Segment) -> Iterable[Event]:
        """A report begins; a 277 of another guide says something else."""
        implementation = segment[3].strip() or self.implementation
        if not implementation.startswith(IMPLEMENTATION):
            self.is_foreign = True
            why = (
                f"A 277 of the guide {implementation[:12]!r} is not {self.wanted}: those are of"
                f" {IMPLEMENTATION}."
            )
            return (problem(segment, "foreign_transaction", why),)
        self.report = Report(segment, implementation)
        return ()

    def take_hl(self, said: list[str]) -> Iterable[Event]:
        """A level begins, so the one before it is complete."""
        report = self.report
        if report is None:
            return ()
        events = [*self.open(report), *self.finish_level(report)]
        segment = self.segment(said)
        kind = segment[3].strip() if segment[3].strip() in ABOVE else CLAIM
        if kind in {SOURCE, RECEIVER}:
            self.check(report)
        self.level = level = Level(kind, segment.position, segment.offset)
        above = report.enter(level, number=segment[1].strip())
        if segment[2].strip() != above:
            why = "HL02 does not name the level that it stands under"
            level.refuse(level.position, ElementRefused("level", why))
        return events

    def take_se(self, said: list[str]) -> Iterator[Event]:
        """The report ends as it should."""
        segment, report = self.segment(said), self.report
        self.is_foreign = False
        if report is not None:
            yield from self.open(report)
            yield from self.finish_level(report)
            report.warnings += count_warnings(report.opening, segment)
            yield self.close(report, is_truncated=False)

    def take_pseudo(self, said: list[str]) -> Iterator[Event]:
        """What stands there is no segment: the claim in hand is set aside with it, or we say so."""
        segment = self.segment(said)
        kind = self.pseudo = segment[0]
        if kind == CUT and self.report is not None:
            return  # the end of the message says so
        if kind == TOO_LONG and self.level is not None:
            self.level.refuse(segment.position, OVERLONG)
            return
        if self.report is not None:
            self.report.is_whole = False
        code, why, is_fatal = SAID[kind]
        yield problem(segment, code, why.format(segment[1]), is_fatal=is_fatal)

    def open(self, report: Report) -> tuple[Event, ...]:
        """Say what the header says, once."""
        if report.is_open:
            return ()
        report.is_open = True
        return (ReportOpened(report.header()),)

    def finish_level(self, report: Report, *, is_cut: bool = False) -> tuple[Event, ...]:
        """Read the level in hand: a claim's is a fact, another's may reject all under it."""
        level, self.level = self.level, None
        if level is None:
            return ()
        if is_cut:
            level.refuse(level.position, BREAKS_OFF)
        if level.kind != CLAIM:
            return self.finish_batch(report, level)
        try:
            fact = self.read_claim(report, level)
        except ElementRefused as refusal:
            report.is_whole = False
            return (set_aside(level, refusal),)
        report.batch.add(fact)
        return (AcknowledgementRead(fact),)

    def read_claim(self, report: Report, level: Level) -> AcknowledgementFact:
        """A claim's level with those it stands under. Raises ElementRefused."""
        levels = report.levels
        if SOURCE not in levels:
            raise ElementRefused("payer", "nobody says whose report it is (no HL of level 20)")
        return acknowledgement_of(
            level,
            source=levels[SOURCE],
            receiver=levels.get(RECEIVER),
            provider=levels.get(PROVIDER),
            report_number=report.number,
            component=self.blocks.separators.component,
        )

    def finish_batch(self, report: Report, level: Level) -> tuple[Event, ...]:
        """A level above the claims: what is wrong there, or rejects a batch, a person looks at.

        A batch that is rejected as a whole names none of its claims.
        """
        component = self.blocks.separators.component
        try:
            if level.refusal is not None:
                raise level.refusal[1]
            is_rejected = bool(level.statuses) and level.standing(component)[0] is Standing.REJECTED
        except ElementRefused as refusal:
            report.is_whole = False
            return (set_aside(level, refusal),)
        if not is_rejected:
            return ()
        what = "a batch" if level.kind == RECEIVER else "a provider’s claims"
        why = f"{what} is rejected as a whole, status {level.statuses_as_text(component)[:60]}"
        return (set_aside(level, ElementRefused("batch_rejected", why)),)

    def check(self, report: Report) -> None:
        """Compare a batch's totals with its claims, when the batch ends."""
        receiver = report.levels.get(RECEIVER)
        if receiver is not None and not report.batch.says(receiver.totals):
            report.is_balanced = False
        report.batch = Tally()

    def close(self, report: Report, *, is_truncated: bool) -> Event:
        """The report is over."""
        self.report = None
        self.check(report)
        return ReportClosed(
            is_balanced=report.is_balanced and report.is_whole and not is_truncated,
            is_truncated=is_truncated,
            warnings=tuple(report.warnings),
        )

    def break_off(self, segment: Segment) -> Iterator[Event]:
        """A report has no end: its last claim may not be whole."""
        report = self.report
        self.is_foreign = False
        if report is None:
            return
        yield from self.open(report)
        yield from self.finish_level(report, is_cut=True)
        why = f"The report begun at segment {report.opening.position} has no SE."
        yield problem(segment, "truncated", why)
        yield self.close(report, is_truncated=True)


def set_aside(level: Level, refusal: ElementRefused) -> ClaimQuarantined:
    """A level waits for a person; the reason names no patient."""
    why = str(refusal)
    return ClaimQuarantined(
        level.refusal[0] if level.refusal else level.position,
        level.offset,
        level.trace[:50] if level.kind == CLAIM else "",
        refusal.reason_code,
        f"{why[:1].upper()}{why[1:]}.",
    )


def same(said: str, counted: str) -> bool:
    """Whether a total as sent is the one that was counted; 125.0 is 125.00."""
    try:
        return Decimal(said) == Decimal(counted)
    except ArithmeticError:
        return False


def read(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The facts of a message of 277CAs, in its order. Never raises on content."""
    return iter(Reader(chunks))


TAKES: dict[str, Callable[[Reader, list[str]], Iterable[Event]]] = {
    "ISA": Reader.take_isa,
    "GS": Reader.take_gs,
    "GE": Reader.take_trailer,
    "IEA": Reader.take_trailer,
    "ST": Reader.take_st,
    "SE": Reader.take_se,
    "HL": Reader.take_hl,
    FOREIGN: Reader.take_pseudo,
    TOO_LONG: Reader.take_pseudo,
    CUT: Reader.take_pseudo,
    PROSE: Reader.take_pseudo,
    NOTHING: Reader.take_pseudo,
}
