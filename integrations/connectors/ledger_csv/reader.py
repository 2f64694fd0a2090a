"""Reads a ledger export row by row.

One header row names the columns, in any order. `record` says what a row is: `ledger` opens a
statement (number, stated_on, currency), `account` an account (number, facility, guarantor,
family_name, given_name, state, changed_on, balance), `entry` is a posting of the account above it
(number, kind, amount, posted_on, posted_by, payer, payer_name, rank, tender, claim, line, reverses,
applied), `end` closes the statement and counts its accounts (number). Text is UTF-8. A position is
a row, counted from 1; bytes are not counted.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from integrations.connectors.ledger_csv.rows import (
    Row,
    RowRefused,
    account_of,
    entry_of,
    ledger_of,
)
from integrations.ports.ledgers import EntryFact
from integrations.ports.protocols import (
    AccountRead,
    ClaimQuarantined,
    Event,
    LedgerClosed,
    LedgerOpened,
    MessageProblem,
)

OF_STATEMENT = ("record", "number", "stated_on", "currency")
OF_ACCOUNT = (
    "facility",
    "guarantor",
    "family_name",
    "given_name",
    "state",
    "changed_on",
    "balance",
)
OF_ENTRY = ("kind", "amount", "posted_on", "posted_by", "payer", "payer_name", "rank", "tender")
OF_ITS_PLACE = ("claim", "line", "reverses", "applied")
COLUMNS = frozenset(OF_STATEMENT + OF_ACCOUNT + OF_ENTRY + OF_ITS_PLACE)
LONGEST_LINE = 64 * 1024
UNREADABLE = "unreadable"


@dataclass(slots=True)
class Open:
    """An account whose entries are being read; `refusal` is why it cannot be taken."""

    row: Row
    position: int
    entries: list[EntryFact] = field(default_factory=list)
    refusal: str = ""

    def done(self) -> Event:
        """The account, or why it waits."""
        number = self.row["number"][:200]
        if self.refusal:
            return ClaimQuarantined(self.position, 0, number, "row_refused", self.refusal)
        try:
            return AccountRead(account_of(self.row, tuple(self.entries), self.position))
        except RowRefused as refusal:
            return ClaimQuarantined(self.position, 0, number, refusal.code, f"Account: {refusal}.")


class Reader:
    """One pass over a file's rows."""

    def __init__(self) -> None:
        self.account: Open | None = None
        self.is_open = False
        self.accounts = 0

    def read(self, rows: Iterable[tuple[int, Row]]) -> Iterator[Event]:
        """The events of the rows below the header."""
        for position, row in rows:
            yield from self.take(position, row)
        yield from self.close(is_truncated=True)

    def take(self, position: int, row: Row) -> Iterator[Event]:
        """One row's events."""
        record = row["record"]
        if record == "entry" and self.account is not None:
            self.post(position, row)
        elif record == "account" and self.is_open:
            yield from self.finish()
            self.account, self.accounts = Open(row, position), self.accounts + 1
        elif record == "end" and self.is_open:
            yield from self.close(is_truncated=row["number"] != str(self.accounts))
        elif record == "ledger":
            yield from self.close(is_truncated=True)
            yield from self.open(position, row)
        else:
            yield problem(position, "misplaced", "A row stands where none of its kind can stand.")

    def open(self, position: int, row: Row) -> Iterator[Event]:
        """A statement begins; one whose own row cannot be read is none."""
        try:
            header = ledger_of(row, position)
        except RowRefused as refusal:
            yield problem(position, refusal.code, f"The statement's row: {refusal}.")
            return
        self.is_open, self.accounts = True, 0
        yield LedgerOpened(header)

    def post(self, position: int, row: Row) -> None:
        """An entry goes to the account above it."""
        if self.account is None or self.account.refusal:
            return
        try:
            self.account.entries.append(entry_of(row))
        except RowRefused as refusal:
            self.account.refusal = f"Row {position}: {refusal}."

    def finish(self) -> Iterator[Event]:
        """The account is whole."""
        if self.account is not None:
            yield self.account.done()
            self.account = None

    def close(self, *, is_truncated: bool) -> Iterator[Event]:
        """The statement is over; what its last account lacks cannot be known when it was cut."""
        if self.is_open:
            yield from self.finish()
            yield LedgerClosed(is_truncated=is_truncated, warnings=())
            self.is_open = False


def read(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The facts of a file. Never raises on content."""
    lines = csv.reader(lines_of(chunks))
    reader = Reader()
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        if missing := sorted(COLUMNS - set(header)):
            yield problem(1, "not_a_ledger", f"The header row lacks {', '.join(missing)}.")
            return
        rows = (
            (position, row_of(header, cells))
            for position, cells in enumerate(lines, start=2)
            if any(cells)
        )
        yield from reader.read(rows)
    except (csv.Error, UnicodeDecodeError):
        yield from reader.close(is_truncated=True)
        yield problem(lines.line_num + 1, UNREADABLE, "From here on the file is no readable CSV.")


def row_of(header: list[str], cells: list[str]) -> Row:
    """A row by its column names; what is left out is empty."""
    said = dict.fromkeys(header, "") | dict(zip(header, map(str.strip, cells), strict=False))
    return {name: said[name] for name in COLUMNS}


def lines_of(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file, whatever pieces its bytes came in. Raises csv.Error."""
    decoder, waiting = codecs.getincrementaldecoder("utf-8-sig")(), ""
    for chunk in chunks:
        *whole, waiting = (waiting + decoder.decode(chunk)).split("\n")
        yield from (f"{bounded(line)}\n" for line in whole)
        bounded(waiting)
    if last := waiting + decoder.decode(b"", final=True):
        yield last


def bounded(line: str) -> str:
    """A line of bearable length. Raises csv.Error."""
    if len(line) > LONGEST_LINE:
        raise csv.Error("a line does not end")
    return line


def problem(position: int, code: str, reason: str) -> MessageProblem:
    """Something wrong outside of any account."""
    return MessageProblem(position, 0, code, reason, is_fatal=True)
