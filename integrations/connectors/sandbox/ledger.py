"""The sandbox's books: double entry in SQLite, each document with its key in one commit.

Amounts are whole cents of the document's currency. What does not balance, or falls into a closed
period, is refused and leaves nothing.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from integrations.ports.commands import Command, PostJournal, encode

TABLES = """
CREATE TABLE IF NOT EXISTS document (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    currency TEXT NOT NULL,
    total INTEGER NOT NULL CHECK (total >= 0),
    posted_on TEXT,
    command TEXT NOT NULL,
    entered_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))
);
CREATE INDEX IF NOT EXISTS document_key ON document (key);
CREATE INDEX IF NOT EXISTS document_entered ON document (entered_at, id);
CREATE TABLE IF NOT EXISTS line (
    document INTEGER NOT NULL REFERENCES document,
    account TEXT NOT NULL,
    debit INTEGER NOT NULL CHECK (debit >= 0),
    credit INTEGER NOT NULL CHECK (credit >= 0),
    CHECK (debit = 0 OR credit = 0)
);
CREATE INDEX IF NOT EXISTS line_document ON line (document);
CREATE TABLE IF NOT EXISTS held (
    key TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document
);
CREATE TABLE IF NOT EXISTS closed (through TEXT NOT NULL);
"""
PAGE = 500
LIMIT = 5.0  # seconds in which a request is done, or fails and leaves nothing
CENTS = Decimal(100)


class NotPosted(Exception):
    """The ledger says no, and holds nothing of it."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Ledger:
    """One file of books. Every use opens it anew, so threads share nothing."""

    path: Path

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A connection; what is done through it is one commit."""
        with closing(sqlite3.connect(self.path, timeout=LIMIT, isolation_level=None)) as books:
            books.execute("PRAGMA journal_mode = WAL")
            books.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing
            books.execute("PRAGMA foreign_keys = ON")
            books.execute("BEGIN IMMEDIATE")
            yield books
            books.execute("COMMIT")

    def make(self) -> None:
        """Make the tables, if they are not there."""
        with closing(sqlite3.connect(self.path)) as books:
            books.executescript(TABLES)

    def post(self, command: Command, key: str) -> dict[str, Any]:
        """Enter a command under its key; the same again is the same document.

        Raises NotPosted: another command came under this key, it does not balance, its period is
        closed.
        """
        text = encode(command)
        digest = sha256(text.encode()).hexdigest()
        with self.opened() as books:
            known = books.execute(
                "SELECT document, digest FROM held WHERE key = ?", [key]
            ).fetchone()
            if known and known[1] != digest:
                raise NotPosted("key_reused", "This key came before, with another command.")
            if known:
                return receipt(books, known[0])
            check(books, command)
            document = enter(books, command, key=key, text=text)
            books.execute("INSERT INTO held VALUES (?, ?, ?)", [key, digest, document])
            return receipt(books, document)

    def find(self, key: str) -> dict[str, Any] | None:
        """The first document of a key."""
        with self.opened() as books:
            row = books.execute(
                "SELECT id FROM document WHERE key = ? ORDER BY id LIMIT 1", [key]
            ).fetchone()
            return receipt(books, row[0]) if row else None

    def entries(self, *, since: str, after: int) -> list[dict[str, Any]]:
        """A page of documents entered since then, beyond one, in the order of entry."""
        with self.opened() as books:
            rows = books.execute(
                "SELECT id FROM document WHERE entered_at >= ? AND id > ? ORDER BY id LIMIT ?",
                [since, after, PAGE],
            ).fetchall()
            return [entry(books, row[0]) for row in rows]

    def close_through(self, day: date | None) -> None:
        """Close every period up to a day; None opens them all."""
        with self.opened() as books:
            books.execute("DELETE FROM closed")
            if day is not None:
                books.execute("INSERT INTO closed VALUES (?)", [day.isoformat()])

    def forget_keys(self) -> None:
        """Forget under which keys commands came, as partners do after a time."""
        with self.opened() as books:
            books.execute("DELETE FROM held")


def cents(amount: Decimal) -> int:
    """An amount as whole cents."""
    return int(amount * CENTS)


def money(held: int) -> str:
    """Whole cents as text with two decimals."""
    return f"{Decimal(held) / CENTS:.2f}"


def check(books: sqlite3.Connection, command: Command) -> None:
    """Refuse what no ledger takes. Raises NotPosted."""
    if not isinstance(command, PostJournal):
        return
    debit = sum(cents(line.debit) for line in command.lines)
    credit = sum(cents(line.credit) for line in command.lines)
    if debit != credit or not command.lines:
        words = f"Debits of {money(debit)} and credits of {money(credit)} do not balance."
        raise NotPosted("unbalanced", words)
    closed = books.execute("SELECT through FROM closed").fetchone()
    if closed and command.posting_on.isoformat() <= closed[0]:
        words = f"The period of {command.posting_on} is closed (through {closed[0]})."
        raise NotPosted("period_closed", words)


def enter(books: sqlite3.Connection, command: Command, *, key: str, text: str) -> int:
    """Insert a document with its lines; returns its number."""
    journal = command if isinstance(command, PostJournal) else None
    cursor = books.execute(
        "INSERT INTO document (kind, key, currency, total, posted_on, command)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            command.kind.value,
            key,
            command.currency,
            cents(command.total),
            journal.posting_on.isoformat() if journal else None,
            text,
        ],
    )
    document = int(cursor.lastrowid or 0)
    if journal:
        books.executemany(
            "INSERT INTO line VALUES (?, ?, ?, ?)",
            [(document, x.account, cents(x.debit), cents(x.credit)) for x in journal.lines],
        )
    return document


def receipt(books: sqlite3.Connection, document: int) -> dict[str, Any]:
    """What is answered of a document."""
    (total,) = books.execute("SELECT total FROM document WHERE id = ?", [document]).fetchone()
    return {"reference": f"SBX-{document}", "state": "confirmed", "total": money(total)}


def entry(books: sqlite3.Connection, document: int) -> dict[str, Any]:
    """All of a document."""
    kind, key, currency, posted_on, entered_at = books.execute(
        "SELECT kind, key, currency, posted_on, entered_at FROM document WHERE id = ?", [document]
    ).fetchone()
    lines = books.execute(
        "SELECT account, debit, credit FROM line WHERE document = ? ORDER BY rowid", [document]
    )
    return receipt(books, document) | {
        "id": document,
        "kind": kind,
        "key": key,
        "currency": currency,
        "posted_on": posted_on,
        "entered_at": entered_at,
        "lines": [
            {"account": account, "debit": money(debit), "credit": money(credit)}
            for account, debit, credit in lines
        ],
    }
