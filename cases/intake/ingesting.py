"""Files in, a report out: stored, applied, detected, counted.

A dry run does the same in one transaction that is rolled back.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import OperationalError, connection, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.correlation import correlated, current_id
from billing_portal.kernel.pure.errors import DomainError
from cases.intake.denials import count_denials
from cases.intake.detecting import cases_of, catch_up, rehearse
from cases.intake.report import CaseCounts, FileReport, IntakeReport, Piece
from integrations.canonical.models import Source
from integrations.inbox.applying import apply_message
from integrations.inbox.contents import held
from integrations.inbox.models import Message, MessageStatus
from integrations.inbox.services import Receipt, receive
from integrations.ports.totals import Totals

READ = 1024 * 1024
DETECTION_PATIENCE = 60.0
LEASE_PATIENCE = 120.0
PAUSE = 0.5
INTERRUPTED = (
    "The file is stored, but the database failed while it was read (is the disk full?). What was"
    " read stays; the rest follows by itself, or when the file is given again."
)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file on offer: its name and how to open it for reading bytes, as often as asked."""

    name: str
    open: Callable[[], BinaryIO]

    def chunks(self) -> Iterator[bytes]:
        """Its bytes. Raises OSError."""
        with closing(self.open()) as stream:
            while chunk := stream.read(READ):
                yield chunk

    def sha256(self) -> str:
        """The digest of its bytes. Raises OSError."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Run:
    """On whose behalf files are taken in, from where, and when."""

    source: Source
    by: User
    at: datetime


def ingest(
    *,
    source: Source,
    files: Sequence[IncomingFile],
    by: User,
    at: datetime,
    dry_run: bool = False,
) -> IntakeReport:
    """Take files in and say what became of them.

    What one file cannot give, down to its being there at all, is in its part of the report and
    costs the others nothing. A dry run reports the same and writes nothing.
    """
    run = Run(source, by, at)
    with correlated(current_id()):
        if dry_run:
            return rehearsed(run, files)
        return finished(run, [take_in(run, file) for file in files])


def finished(run: Run, reports: Sequence[FileReport]) -> IntakeReport:
    """Wait for the cases that the files led to, and add up."""
    is_done = catch_up(at=run.at, patience=DETECTION_PATIENCE)
    fresh = {
        report.message.correlation_id
        for report in reports
        if report.message is not None and report.is_fresh
    }
    return conclude(reports, cases_of(fresh), is_pending=not is_done)


def rehearsed(run: Run, files: Sequence[IncomingFile]) -> IntakeReport:
    """The same in one transaction, with every deferred check made, then rolled back."""
    with transaction.atomic():
        reports = [take_in(run, file) for file in files]
        report = conclude(reports, rehearse(at=run.at))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return report


def conclude(
    reports: Sequence[FileReport], cases: CaseCounts, *, is_pending: bool = False
) -> IntakeReport:
    """Add up the files' reports."""
    totals = Totals()
    for report in reports:
        totals.add(report.totals)
    return IntakeReport(reports, count_denials(totals.shapes), cases, is_pending)


def take_in(run: Run, file: IncomingFile) -> FileReport:
    """Store and apply one file, or say why that could not be."""
    try:
        return report_on(run, file.name, store(run, file))
    except OSError as failure:
        return not_taken(file, f"The file cannot be read: {failure.strerror or 'no access'}.")
    except DomainError as refusal:
        return not_taken(file, str(refusal))


def report_on(run: Run, name: str, receipt: Receipt) -> FileReport:
    """Apply a stored message and say what became of it."""
    try:
        message, is_fresh = applied(run, receipt.message)
    except OperationalError:
        return interrupted(name, receipt)
    return FileReport(
        name=name,
        message=message,
        was_held=not receipt.is_new,
        is_fresh=is_fresh,
        totals=totals_of(message, is_fresh=is_fresh),
        pieces=pieces_of(name, message),
    )


def store(run: Run, file: IncomingFile) -> Receipt:
    """Store a file's bytes; what is held already is found by its digest and not sent again."""
    message = held(source=run.source, sha256=file.sha256())
    if message is not None:
        return Receipt(message, is_new=False)
    return receive(source=run.source, chunks=file.chunks(), filename=file.name, by=run.by)


def applied(run: Run, message: Message) -> tuple[Message, bool]:
    """A message when it is settled, and whether that is this run's doing.

    One that another worker is on (or one that died a moment ago) is waited for.
    """
    if message.status != MessageStatus.RECEIVED:
        return message, False
    deadline = time.monotonic() + LEASE_PATIENCE
    while True:
        message = apply_message(message_pk=message.pk, by=run.by)
        if message.status != MessageStatus.RECEIVED or time.monotonic() > deadline:
            return message, True
        time.sleep(PAUSE)


def totals_of(message: Message, *, is_fresh: bool) -> Totals:
    """What a message came to; every claim of one that was settled before is a duplicate."""
    totals = Totals.from_json(message.totals)
    if not is_fresh:
        totals.duplicates = totals.claims
    return totals


def pieces_of(name: str, message: Message) -> list[Piece]:
    """What of a message waits for a person."""
    waiting = message.quarantined.filter(resolved_at=None).order_by("position", "pk")
    pieces = [Piece(name, row.position, row.claim, row.reason) for row in waiting]
    if message.status == MessageStatus.RECEIVED:
        pieces.append(Piece(name, 0, "", "Another worker is still reading this file."))
    if message.status == MessageStatus.DEAD:
        pieces.append(Piece(name, 0, "", f"Given up after {message.attempts} attempts."))
    return pieces


def interrupted(name: str, receipt: Receipt) -> FileReport:
    """The report of a file that is stored, and that the database could not apply now."""
    return FileReport(
        name=name,
        message=receipt.message,
        was_held=not receipt.is_new,
        is_fresh=True,
        totals=Totals(),
        pieces=[Piece(name, 0, "", INTERRUPTED)],
    )


def not_taken(file: IncomingFile, reason: str) -> FileReport:
    """The report of a file of which nothing was kept."""
    piece = Piece(file.name, 0, "", reason)
    return FileReport(
        name=file.name,
        message=None,
        was_held=False,
        is_fresh=False,
        totals=Totals(),
        pieces=[piece],
    )
