"""Tables as CSV: cells by the names of their columns, which the first row says."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from integrations.ports.elements import ElementRefused
from integrations.ports.xml import MOST_BYTES, clean, count, day, money

DELIMITERS = (",", ";", "\t", "|")
MOST_ROWS = 200_000
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `position` is its place in the file, the names of the columns being row 1."""

    position: int
    cells: dict[str, str]

    def text(self, name: str) -> str:
        """A cell; empty when there is none."""
        return self.cells.get(name, "")

    def money(self, name: str) -> Decimal:
        """An amount, nought when it is left out. Raises ElementRefused."""
        return money(self.text(name), self.place(name)) if self.text(name) else ZERO

    def required_money(self, name: str) -> Decimal:
        """An amount that must be there. Raises ElementRefused."""
        return money(self.text(name), self.place(name))

    def count(self, name: str) -> Decimal:
        """A quantity or price that must be there. Raises ElementRefused."""
        return count(self.text(name), self.place(name))

    def optional_count(self, name: str) -> Decimal | None:
        """A quantity or price that may be left out. Raises ElementRefused."""
        return self.count(name) if self.text(name) else None

    def whole(self, name: str, *, default: int | None) -> int | None:
        """A small whole number that may be left out. Raises ElementRefused."""
        said = self.text(name)
        if not said:
            return default
        if not (said.isascii() and said.isdecimal()) or len(said) > len("999999"):
            raise ElementRefused("number", f"{self.place(name)} is no whole number")
        return int(said)

    def day(self, name: str) -> date:
        """A date that must be there. Raises ElementRefused."""
        return day(self.text(name), self.place(name))

    def place(self, name: str) -> str:
        """Where a cell stands, for the reason of a refusal."""
        return f"{name} (row {self.position})"


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns, and its rows as text."""

    columns: Sequence[str]
    body: Sequence[Sequence[str]]

    def require(self, names: Iterable[str]) -> None:
        """Raises ElementRefused when the first row lacks a name."""
        if missing := sorted(set(names) - set(self.columns)):
            raise ElementRefused("columns", f"The first row does not name {', '.join(missing)}.")

    def rows(self) -> Iterator[Row]:
        """The rows that hold anything."""
        for position, cells in enumerate(self.body, start=2):
            named = dict(zip(self.columns, map(clean, cells), strict=False))
            if any(named.values()):
                yield Row(position, named)


def table_of(chunks: Iterable[bytes]) -> Table:
    """A file as a table, whichever of the usual marks divides its cells. Raises ElementRefused."""
    lines = decoded(chunks).splitlines()
    delimiter = max(DELIMITERS, key=lines[0].count) if lines else ","
    try:
        table = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, strict=True))
    except csv.Error:
        raise ElementRefused("csv", "The file is no whole CSV: a quote is left open.") from None
    if len(table) > MOST_ROWS:
        raise ElementRefused("too_large", f"The file has more than {MOST_ROWS:,} rows.")
    return Table([clean(name).lower() for name in table[0]] if table else [], table[1:])


def decoded(chunks: Iterable[bytes]) -> str:
    """The text of a file: UTF-8, or else the Windows code page. Raises ElementRefused."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            why = f"The file is larger than {MOST_BYTES // 1024 // 1024} MB."
            raise ElementRefused("too_large", why)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ElementRefused("encoding", "The file is neither UTF-8 nor Windows-1252.")


def grouped(rows: Iterable[Row], key: Sequence[str]) -> dict[tuple[str, ...], list[Row]]:
    """The rows of each document, by what names it; they stand together or apart."""
    documents: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        documents.setdefault(tuple(row.text(name) for name in key), []).append(row)
    return documents


def require_same(rows: Iterable[Row], names: Iterable[str]) -> None:
    """Raises ElementRefused when rows of one document contradict each other."""
    first, *others = rows
    for name in names:
        differing = next((row for row in others if row.text(name) != first.text(name)), None)
        if differing is not None:
            why = f"{differing.place(name)} is not what row {first.position} says of the document"
            raise ElementRefused("contradiction", why)
