"""Walking an X12 message: envelopes, transactions, and what stands where no segment can be given.

One walker for all kinds of transaction: of each, what is wrong with a file is said in the same
words. What stands inside of a transaction is its connector's business.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from integrations.ports.elements import ElementRefused
from integrations.ports.protocols import Event, MessageProblem
from integrations.ports.x12 import CUT, FOREIGN, NOTHING, PROSE, TOO_LONG, Segment, SegmentBlocks

SAID = {
    FOREIGN: ("wrong_file_type", "This is {}, not an X12 file.", True),
    NOTHING: ("nothing_readable", "No X12 interchange (ISA) was found.", True),
    PROSE: ("prose", "Text that is not X12 was skipped before this place.", False),
    TOO_LONG: ("segment_too_long", "A segment is longer than 1 MB and was skipped.", True),
    CUT: ("truncated", "The file breaks off inside a segment.", True),
}
UNPRINTABLE = ElementRefused("control_character", "the segment holds control characters")
OVERLONG = ElementRefused("segment_too_long", "the segment is longer than 1 MB")


class EnvelopeReader:
    """What every reader of X12 keeps, and how it takes envelopes.

    A reader of one kind of transaction says what it reads (`kind`, `wanted`, `lost`), walks the
    blocks, begins a transaction, and breaks one off that is still open.
    """

    kind: ClassVar[str]  # ST01
    wanted: ClassVar[str]  # “a remittance (835)”
    lost: ClassVar[str]  # what may be missing of a file that ends too soon: “remittances”

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.blocks = SegmentBlocks(chunks)
        self.implementation = ""
        self.is_foreign = False
        self.open_envelopes: list[str] = []
        self.transactions = 0
        self.in_group = 0
        self.position = 0
        self.at = 0
        self.pseudo = ""  # the last that stood where no segment could be given

    def __iter__(self) -> Iterator[Event]:
        for block in self.blocks:
            yield from self.walk(block)
        yield from self.end()

    # What a reader of one kind of transaction says

    def walk(self, block: list[str]) -> Iterator[Event]:
        """One block of segments."""
        raise AssertionError("A reader walks its own blocks.")

    def begin(self, segment: Segment) -> Iterable[Event]:
        """A transaction of the kind that is read begins."""
        raise AssertionError("A reader begins its own transactions.")

    def break_off(self, segment: Segment) -> Iterator[Event]:
        """Something begins or ends before the transaction in hand did, if there is one."""
        raise AssertionError("A reader ends its own transactions.")

    @property
    def is_inside(self) -> bool:
        """Whether a transaction is in hand."""
        raise AssertionError("A reader knows its own transaction.")

    # Envelopes

    def segment(self, said: list[str]) -> Segment:
        """A segment with its place."""
        return Segment(said, self.position, self.blocks.offset_of(self.at))

    def take_isa(self, said: list[str]) -> Iterator[Event]:
        """A new interchange; one still open was cut off."""
        segment = self.segment(said)
        yield from self.break_off(segment)
        self.open_envelopes = ["IEA"]

    def take_gs(self, said: list[str]) -> Iterator[Event]:
        """A new functional group."""
        segment = self.segment(said)
        yield from self.break_off(segment)
        self.implementation = segment[8].strip()
        self.in_group = 0
        self.open_envelopes = ["IEA", "GE"]

    def take_trailer(self, said: list[str]) -> Iterator[Event]:
        """GE or IEA: the envelope ends; a transaction still open was cut off."""
        segment = self.segment(said)
        yield from self.break_off(segment)
        if segment[0] == "GE" and segment[1].strip() != str(self.in_group):
            why = f"GE01 says {segment[1][:10]} transactions, there are {self.in_group}."
            yield problem(segment, "group_count", why, is_fatal=False)
        if segment[0] in self.open_envelopes:
            del self.open_envelopes[self.open_envelopes.index(segment[0]) :]

    def take_st(self, said: list[str]) -> Iterator[Event]:
        """A transaction; those of another kind are refused by name."""
        segment = self.segment(said)
        yield from self.break_off(segment)
        self.transactions += 1
        self.in_group += 1
        self.is_foreign = segment[1].strip() != self.kind
        if self.is_foreign:
            why = f"A transaction of type {segment[1][:8]!r} is not {self.wanted}."
            yield problem(segment, "foreign_transaction", why)
        else:
            yield from self.begin(segment)

    def end(self) -> Iterator[Event]:
        """The file ends: nothing may be open."""
        here = Segment([""], self.position, self.blocks.offset)
        if not self.transactions and self.pseudo not in {FOREIGN, NOTHING}:
            yield problem(here, "nothing_readable", "No transaction (ST) was found.")
        if self.is_inside:
            yield from self.break_off(here)
        elif self.open_envelopes and self.pseudo != CUT:
            missing = " and ".join(reversed(self.open_envelopes))
            why = f"The file ends before {missing}: {self.lost} may be missing."
            yield problem(here, "truncated", why)


def count_warnings(opening: Segment, trailer: Segment) -> list[str]:
    """How a transaction's end (SE) does not fit its beginning (ST)."""
    warnings, count = [], trailer.position - opening.position + 1
    if trailer[1].strip() != str(count):
        warnings.append(f"SE01 says {trailer[1][:10]} segments, there are {count}.")
    if trailer[2].strip() != opening[2].strip():
        warnings.append("SE02 is not the control number of its ST.")
    return warnings


def problem(segment: Segment, code: str, reason: str, *, is_fatal: bool = True) -> MessageProblem:
    """Something wrong outside of any claim."""
    return MessageProblem(segment.position, segment.offset, code, reason, is_fatal)
