"""A file of remittances into facts: which segments belong together, and what became of each claim.

A claim's segments are collected until the next loop begins, then read as one: what is wrong in one
claim never touches another. What a file's end cuts off is set aside, never guessed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from integrations.connectors.x12_835.claims import LONGEST, ClaimBuilder
from integrations.connectors.x12_835.header import HeaderBuilder, provider_adjustments
from integrations.connectors.x12_835.loops import TAKES as LOOP_TAKES
from integrations.connectors.x12_835.loops import Loop
from integrations.ports.elements import ElementRefused, money
from integrations.ports.envelopes import (
    OVERLONG,
    SAID,
    UNPRINTABLE,
    EnvelopeReader,
    count_warnings,
    problem,
)
from integrations.ports.facts import ProviderAdjustmentFact
from integrations.ports.protocols import (
    ClaimQuarantined,
    ClaimRead,
    Event,
    TransactionClosed,
    TransactionOpened,
)
from integrations.ports.x12 import CUT, FOREIGN, NOTHING, PROSE, TOO_LONG, Segment

CLP_SIZE = 10
ZERO = Decimal(0)
ENDLESS = ElementRefused("claim_too_long", f"the claim has more than {LONGEST:,} segments")
BREAKS_OFF = "The remittance breaks off here: the claim may not be whole."


@dataclass(slots=True)
class Transaction:
    """One ST to SE as it is read."""

    header: HeaderBuilder
    expected: Decimal = ZERO
    is_open: bool = False
    refusal: str = ""
    provider: str = ""
    adjustments: list[ProviderAdjustmentFact] = field(default_factory=list)
    claims_read: int = 0
    claims_quarantined: int = 0
    paid_total: Decimal = ZERO
    is_whole: bool = True


class Reader(EnvelopeReader):
    """Walks the segments of one message."""

    kind: ClassVar[str] = "835"
    wanted: ClassVar[str] = "a remittance (835)"
    lost: ClassVar[str] = "remittances"

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__(chunks)
        self.transaction: Transaction | None = None
        self.claim: ClaimBuilder | None = None
        self.loop: Loop | None = None  # of the claim in hand: where its next segment belongs

    @property
    def is_inside(self) -> bool:
        """Whether a remittance is in hand."""
        return self.transaction is not None

    def walk(self, block: list[str]) -> Iterator[Event]:
        """One block of segments. This is the loop that the speed of reading hangs on."""
        element, is_suspect = self.blocks.separators.element, self.blocks.is_suspect
        loop_take, take, take_other = LOOP_TAKES.get, TAKES.get, Reader.take_other
        first, loop = self.position + 1, self.loop
        for at, raw in enumerate(block):
            said = raw.split(element)
            if loop is not None and (heard := loop_take(said[0])) is not None:
                try:
                    heard(loop, said)
                except ElementRefused as refusal:
                    self.refuse(first + at, refusal)
                    loop = None
            else:
                self.at, self.position = at, first + at
                if events := take(said[0], take_other)(self, said):
                    yield from events
                loop = self.loop
            if is_suspect and loop is not None and "\x00" in raw:
                self.refuse(first + at, UNPRINTABLE)
                loop = None
        self.position = first + len(block) - 1
        if self.claim is not None and self.position - self.claim.own.position > LONGEST:
            self.refuse(self.claim.own.position, ENDLESS)

    def refuse(self, position: int, refusal: ElementRefused) -> None:
        """Set the claim in hand aside; what else it says is not heard."""
        assert self.claim is not None
        self.loop = None
        self.claim.refuse(position, refusal)

    def take_other(self, said: list[str]) -> Iterable[Event]:
        """What begins and ends nothing: before the first claim it belongs to the header."""
        if self.transaction is not None and not self.transaction.is_open:
            self.transaction.header.take(self.segment(said))
        return ()

    # Transactions

    def begin(self, segment: Segment) -> Iterable[Event]:
        """A remittance begins."""
        header = HeaderBuilder(segment, self.implementation)
        self.transaction = Transaction(header)
        return ()

    def take_se(self, said: list[str]) -> Iterator[Event]:
        """The transaction ends as it should."""
        segment = self.segment(said)
        transaction = self.transaction
        self.is_foreign = False
        if transaction is None:
            return
        yield from self.finish_claim(transaction)
        warnings = transaction.header.warnings + count_warnings(transaction.header.opening, segment)
        yield from self.close(transaction, warnings, is_truncated=False)

    # Loops

    def take_loop(self, _said: list[str]) -> Iterable[Event]:
        """LX, TS2: between claims."""
        return self.boundary() if self.transaction is not None else ()

    def take_ts3(self, said: list[str]) -> Iterable[Event]:
        """TS3: the claims that follow are of this provider."""
        if self.transaction is None:
            return ()
        events = self.boundary()
        self.transaction.provider = self.segment(said)[1].strip()
        return events

    def take_clp(self, said: list[str]) -> Iterable[Event]:
        """A claim begins, so the one before it is complete."""
        transaction = self.transaction
        if transaction is None:
            why = "A claim stands outside of any remittance."
            return () if self.is_foreign else (problem(self.segment(said), "stray_claim", why),)
        events = self.boundary()
        if len(said) < CLP_SIZE:
            said += [""] * (CLP_SIZE - len(said))
        self.loop = own = Loop(said, self.position)
        self.claim = ClaimBuilder(own, transaction.provider, self.blocks.offset_of(self.at))
        return events

    def take_svc(self, said: list[str]) -> Iterable[Event]:
        """A line begins."""
        if self.loop is not None and self.claim is not None:
            self.loop = line = Loop(said, self.position)
            self.claim.lines.append(line)
        return ()

    def boundary(self) -> Iterable[Event]:
        """One loop ends, another begins: the claim in hand is done, the header certainly is."""
        transaction = self.transaction
        if transaction is None:
            return ()
        if transaction.is_open:
            return self.finish_claim(transaction) if self.claim is not None else ()
        return self.open(transaction)

    def take_plb(self, said: list[str]) -> Iterator[Event]:
        """Provider-level adjustments, after the last claim."""
        segment = self.segment(said)
        transaction = self.transaction
        if transaction is None:
            return
        yield from self.boundary()
        try:
            found = provider_adjustments(segment, self.blocks.separators.component)
        except ElementRefused as refusal:
            transaction.is_whole = False
            yield problem(segment, f"provider_adjustment_{refusal.reason_code}", str(refusal))
        else:
            transaction.adjustments += found

    def take_pseudo(self, said: list[str]) -> Iterator[Event]:
        """What stands there is no segment: the claim in hand is set aside with it, or we say so."""
        segment = self.segment(said)
        kind = self.pseudo = segment[0]
        if kind == CUT and self.transaction is not None:
            return  # the end of the message says so
        if kind == TOO_LONG and self.claim:
            self.refuse(segment.position, OVERLONG)
            return
        if self.transaction is not None:
            self.transaction.is_whole = False
        code, why, is_fatal = SAID[kind]
        yield problem(segment, code, why.format(segment[1]), is_fatal=is_fatal)

    # Steps

    def open(self, transaction: Transaction) -> tuple[Event, ...]:
        """Say what the header says, once; claims under an unreadable one are set aside."""
        if transaction.is_open:
            return ()
        transaction.is_open = True
        try:
            header = transaction.header.build()
        except ElementRefused as refusal:
            transaction.refusal = str(refusal)
            opening = transaction.header.opening
            why = f"The remittance's header cannot be read: {refusal}."
            return (problem(opening, f"header_{refusal.reason_code}", why),)
        transaction.expected = header.amount
        return (TransactionOpened(header),)

    def finish_claim(self, transaction: Transaction, *, is_cut: bool = False) -> Iterable[Event]:
        """Read the claim in hand, or set it aside with the reason."""
        claim, self.claim, self.loop = self.claim, None, None
        if claim is None:
            return ()
        if self.position - claim.own.position > LONGEST:
            claim.refuse(claim.own.position, ENDLESS)
        if transaction.refusal:
            claim.refusal = "header", f"Its remittance cannot be read: {transaction.refusal}."
        elif is_cut:
            claim.refusal = "truncated", BREAKS_OFF
        fact = claim.build(self.blocks.separators.component)
        if fact is None:
            return (self.set_aside(transaction, claim),)
        transaction.claims_read += 1
        transaction.paid_total += fact.paid
        return (ClaimRead(fact),)

    def set_aside(self, transaction: Transaction, claim: ClaimBuilder) -> Event:
        """A claim waits; what it says was paid still counts in the payment's own balance."""
        transaction.claims_quarantined += 1
        clp = claim.own.opening
        try:
            transaction.paid_total += money(clp, 4)
        except ElementRefused:
            transaction.is_whole = False
        name = clp[1][:50].replace("\x00", "")
        code, reason = claim.refusal or ("unreadable", BREAKS_OFF)
        return ClaimQuarantined(claim.own.position, claim.offset, name, code, reason)

    def close(
        self, transaction: Transaction, warnings: list[str], *, is_truncated: bool
    ) -> Iterator[Event]:
        """The transaction's own sum: claims less provider-level adjustments is the payment."""
        self.transaction = None
        yield from self.open(transaction)
        if transaction.refusal:
            return
        adjusted = sum((a.amount for a in transaction.adjustments), ZERO)
        sums_tie = transaction.paid_total - adjusted == transaction.expected
        yield TransactionClosed(
            provider_adjustments=tuple(transaction.adjustments),
            claims_read=transaction.claims_read,
            claims_quarantined=transaction.claims_quarantined,
            paid_total=transaction.paid_total,
            provider_adjustment_total=adjusted,
            expected=transaction.expected,
            is_balanced=sums_tie and transaction.is_whole and not is_truncated,
            is_truncated=is_truncated,
            warnings=tuple(warnings),
        )

    def break_off(self, segment: Segment) -> Iterator[Event]:
        """A transaction has no end: its last claim may not be whole."""
        transaction = self.transaction
        self.is_foreign = False
        if transaction is None:
            return
        yield from self.open(transaction)
        yield from self.finish_claim(transaction, is_cut=True)
        yield problem(
            segment,
            "truncated",
            f"The remittance begun at segment {transaction.header.opening.position} has no SE.",
        )
        yield from self.close(transaction, list(transaction.header.warnings), is_truncated=True)


def read(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The facts of a message of 835s, in its order, in constant memory. Never raises on content."""
    return iter(Reader(chunks))


TAKES: dict[str, Callable[[Reader, list[str]], Iterable[Event]]] = {
    "ISA": Reader.take_isa,
    "GS": Reader.take_gs,
    "GE": Reader.take_trailer,
    "IEA": Reader.take_trailer,
    "ST": Reader.take_st,
    "SE": Reader.take_se,
    "LX": Reader.take_loop,
    "TS2": Reader.take_loop,
    "TS3": Reader.take_ts3,
    "CLP": Reader.take_clp,
    "SVC": Reader.take_svc,
    "PLB": Reader.take_plb,
    FOREIGN: Reader.take_pseudo,
    TOO_LONG: Reader.take_pseudo,
    CUT: Reader.take_pseudo,
    PROSE: Reader.take_pseudo,
    NOTHING: Reader.take_pseudo,
}
