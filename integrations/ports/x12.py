"""X12 syntax: bytes in, segments out, whatever the separators.

Pure and streaming: what is held is one chunk and one segment, whatever the file's size. Separators
are read from each ISA by counting its elements, since files in the wild pad it wrongly.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST = 1_000_000  # characters of one segment; a longer one is refused by its position
CHUNK = 1 << 18
ISA_ELEMENTS = 16
ISA_LONGEST = 400
ISA_START = re.compile(r"ISA([^A-Za-z0-9 \r\n\t])")
FILLING = "\r\n\t \ufeff\x1a"
BOM = "\xef\xbb\xbf"

# Three letters that no sender's segment can begin with: said where no segment can be given
TOO_LONG, CUT, PROSE, NOTHING = "\x00lo", "\x00cu", "\x00pr", "\x00no"
FOREIGN = "\x00fo"  # its first element says what the file is

TAR, TAR_AT = "ustar", 257
SIGNATURES = (
    ("%PDF-", "a PDF document"),
    ("PK\x03\x04", "a ZIP archive (or an Office document)"),
    ("\x1f\x8b", "a gzip archive"),
    ("7z\xbc\xaf", "a 7-Zip archive"),
    ("\xd0\xcf\x11\xe0", "an Office document"),
    ("\x89PNG", "a picture"),
    ("\xff\xd8\xff", "a picture"),
    ("GIF8", "a picture"),
    ("II*\x00", "a picture"),
    ("MM\x00*", "a picture"),
    ("-----BEGIN PGP", "an encrypted message"),
    ("\xff\xfe", "text in UTF-16"),
    ("\xfe\xff", "text in UTF-16"),
    ("I\x00S\x00A\x00", "text in UTF-16"),
    ("\x00I\x00S\x00A", "text in UTF-16"),
)


@dataclass(frozen=True, slots=True)
class Separators:
    """What one interchange is punctuated with."""

    element: str
    component: str
    terminator: str


class Segment:
    """One segment: its elements (the id first), its place from 1, its first byte."""

    __slots__ = ("elements", "offset", "position")

    def __init__(self, elements: list[str], position: int, offset: int) -> None:
        self.elements = elements
        self.position = position
        self.offset = offset

    def __getitem__(self, index: int) -> str:
        """An element by its X12 number; empty when it was left out."""
        return self.elements[index] if index < len(self.elements) else ""


def separators_of(header: str) -> Separators | None:
    """Read them from text that begins with ISA, by counting; None when it is no whole header."""
    element = header[3]
    at = 3
    for _ in range(ISA_ELEMENTS - 1):
        at = header.find(element, at + 1)
        if at < 0 or at > ISA_LONGEST:
            return None
    following = header[at + 2 : at + 12]
    mark = following.lstrip("\r\n")[:1]
    if mark.isalnum():  # the next segment's id: the line's end is the terminator
        mark = "\n" if "\n" in following[: following.index(mark)] else following[0]
    return Separators(element, header[at + 1], mark) if mark and not mark.isalnum() else None


def text(element: str) -> str:
    """Free text as meant: UTF-8 if it is that, else Latin-1, which the segment was read as."""
    if element.isascii():
        return element
    try:
        return element.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return element


def file_type(head: str) -> str:
    """What a file is that is no text of single bytes, by its first letters; empty when it may be.

    An archive may hold an interchange that is not compressed: what else it holds would be lost.
    """
    if head.startswith(TAR, TAR_AT):
        return "a tar archive"
    return next((name for mark, name in SIGNATURES if head.startswith(mark)), "")


def unwrapped(raw: str) -> str:
    """A segment without blanks around it or the line breaks of a file that was cut to a width."""
    return raw.strip().replace("\r", "").replace("\n", "")


class SegmentBlocks:
    """The segments of a message in blocks, each a list of raw texts of one interchange.

    `separators` is what the block last given is punctuated with, `is_suspect` whether it holds NUL
    characters, which no database takes. A block of one pseudo segment says what stands where no
    segment can be given. `offset` is the first byte that was not given yet.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.pieces = (
            bytes(chunk[at : at + CHUNK]) for chunk in chunks for at in range(0, len(chunk), CHUNK)
        )
        self.separators = Separators("*", ":", "~")
        self.is_suspect = False
        self.offset = 0
        self.rest = ""
        self.lengths: list[int] = []
        self.counted, self.counted_to = 0, 0

    def __iter__(self) -> Iterator[list[str]]:
        while len(self.rest) <= ISA_LONGEST and self.more():
            pass
        if kind := file_type(self.rest):
            yield from self.say(f"{FOREIGN}{self.separators.element}{kind}")
            return
        found_any = False
        while True:
            skipped = self.seek()
            if skipped:
                yield from self.say(PROSE)
            if not self.rest:
                break
            found_any = True
            yield from self.interchange()
        if not found_any:
            yield from self.say(NOTHING)

    def more(self) -> bool:
        """Take another piece; False when there is none."""
        for piece in self.pieces:
            self.rest += piece.decode("latin-1")
            return True
        return False

    def skip(self, count: int) -> str:
        """Leave characters (bytes) behind."""
        skipped, self.rest = self.rest[:count], self.rest[count:]
        self.offset += count
        return skipped

    def seek(self) -> bool:
        """Go to the next ISA, or to the end; whether more than filling was skipped on the way."""
        skipped = False
        while True:
            start = ISA_START.search(self.rest)
            skipped |= is_prose(self.skip(start.start() if start else max(len(self.rest) - 3, 0)))
            if start is None and self.more():
                continue
            if start is None:
                return is_prose(self.skip(len(self.rest))) or skipped
            while len(self.rest) <= ISA_LONGEST and self.more():
                pass
            separators = separators_of(self.rest)
            if separators is not None:
                self.separators = separators
                return skipped
            skipped = True
            self.skip(3)

    def interchange(self) -> Iterator[list[str]]:
        """Blocks up to the IEA, or to the end of the file."""
        terminator = self.separators.terminator
        while True:
            last = self.trailer()
            end = self.rest.find(terminator, last) if last >= 0 else -1
            is_last, end = end >= 0, end if end >= 0 else self.rest.rfind(terminator)
            if end >= 0:
                yield self.block(end)
                self.offset += end + 1
                if is_last:
                    return
            elif len(self.rest) > LONGEST:
                yield from self.say(TOO_LONG)
                self.drop_to(terminator)
            elif not self.more():
                yield from self.tail()
                return

    def trailer(self) -> int:
        """Where the interchange's own IEA begins; -1 when it is not in hand."""
        at = self.rest.find("IEA" + self.separators.element)
        while at > 0 and self.rest[:at].rstrip(FILLING)[-1:] != self.separators.terminator:
            if self.rest[at - 1] == self.separators.terminator:
                break
            at = self.rest.find("IEA" + self.separators.element, at + 1)
        return at

    def block(self, end: int) -> list[str]:
        """What stands before a terminator, split."""
        whole = self.rest[:end]
        self.is_suspect = "\x00" in whole
        self.rest = self.rest[end + 1 :]
        parts = whole.split(self.separators.terminator)
        if len(whole) > LONGEST:
            parts = [raw if len(raw) <= LONGEST else TOO_LONG.ljust(len(raw)) for raw in parts]
        segments = list(map(unwrapped if "\n" in whole else str.strip, parts))
        if "" in segments:
            return self.without_blanks(parts)
        self.lengths, self.counted, self.counted_to = list(map(len, parts)), 0, self.offset
        return segments

    def without_blanks(self, parts: list[str]) -> list[str]:
        """Segments of which some are empty: those give their bytes to the next."""
        self.lengths, self.counted, self.counted_to = [], 0, self.offset
        segments, before = [], 0
        for raw in parts:
            if segment := unwrapped(raw):
                segments.append(segment)
                self.lengths.append(before + len(raw))
                before = 0
            else:
                before += len(raw) + 1
        return segments

    def offset_of(self, at: int) -> int:
        """The first byte of a segment of the block last given; they are asked for in order."""
        passed = self.lengths[self.counted : at]
        self.counted, self.counted_to = at, self.counted_to + sum(passed) + len(passed)
        return self.counted_to

    def say(self, pseudo: str) -> Iterator[list[str]]:
        """A block that is not of the file."""
        self.lengths, self.counted, self.counted_to = [len(pseudo)], 0, self.offset
        yield [pseudo]

    def drop_to(self, terminator: str) -> None:
        """Leave a segment behind that is too long to hold."""
        while (end := self.rest.find(terminator)) < 0:
            self.skip(len(self.rest))
            if not self.more():
                return
        self.skip(end + 1)

    def tail(self) -> Iterator[list[str]]:
        """The end of the file: a trailer may lack its terminator, anything else was cut."""
        body = self.rest.strip(FILLING)
        if body:
            elements = body.split(self.separators.element)
            is_trailer = elements[0] in {"SE", "GE", "IEA"} and len(elements) > 2
            yield from self.say(self.rest if is_trailer else CUT)
        self.skip(len(self.rest))


def is_prose(skipped: str) -> bool:
    """Whether anything but filling stands there."""
    return bool(skipped.replace(BOM, "").strip(FILLING))
