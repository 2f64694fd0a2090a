"""Tryton as a target: it has no idempotency keys, so ours stands in each document it makes.

Every document is entered as a draft first and done in a second step. Whoever sends looks for our
key before, and finishes the draft that an earlier try left. The caller sends one command at a time.
"""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from typing import ClassVar

from integrations.connectors.tryton import invoices, journals, payments
from integrations.connectors.tryton.rest import Books
from integrations.ports.commands import (
    Command,
    EntryFact,
    PostJournal,
    Receipt,
    ReleaseInvoice,
    TargetSettings,
)


class TrytonTarget:
    """Posts to the books of one company of a Tryton 8.2."""

    key: ClassVar[str] = "tryton"
    label: ClassVar[str] = "Tryton"

    def send(self, command: Command, *, key: str, settings: TargetSettings) -> Receipt:
        """Enter a command and carry it out, or finish its draft. Raises TargetFailure."""
        books = Books(settings)
        match command:
            case PostJournal():
                return journals.post(command, key=key, books=books)
            case ReleaseInvoice():
                return invoices.release(command, key=key, books=books)
            case _:
                return payments.request(command, key=key, books=books)

    def find(self, command: Command, *, key: str, settings: TargetSettings) -> Receipt | None:
        """What stands under our key, drafts too. Raises TargetFailure."""
        books = Books(settings)
        match command:
            case PostJournal():
                return journals.find(key, books=books)
            case ReleaseInvoice():
                return invoices.find(command, key=key, books=books)
            case _:
                return payments.find(key, books=books)

    def entries(self, since: datetime, *, settings: TargetSettings) -> Iterator[EntryFact]:
        """Moves, releases and payments since then, as they were entered. Raises TargetFailure."""
        books = Books(settings)
        kinds = (journals, invoices, payments)
        streams = (kind.entries(since, books=books) for kind in kinds)
        return merge(*streams, key=lambda entry: entry.entered_at)
