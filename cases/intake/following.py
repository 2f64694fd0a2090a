"""What became so far of files that were handed in: for the page that watches a worker."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from cases.detection.services import CONSUMER
from cases.intake.detecting import cases_of
from cases.intake.ingesting import conclude, pieces_of, totals_of
from cases.intake.report import FileReport, IntakeReport
from integrations.feed import queries as feed
from integrations.inbox.models import Message, MessageStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """A report so far; `is_pending` until every file is read and detection has caught up."""

    report: IntakeReport
    read: int
    is_pending: bool


def progress_of(messages: Sequence[Message], *, held: Collection[UUID]) -> Progress:
    """How far these messages are. `held` are those received before, which add nothing."""
    fresh = [message.correlation_id for message in messages if message.public_id not in held]
    waiting = sum(message.status == MessageStatus.RECEIVED for message in messages)
    is_behind = feed.position_of(CONSUMER) < feed.end()
    reports = [so_far(message, was_held=message.public_id in held) for message in messages]
    return Progress(
        report=conclude(reports, cases_of(fresh)),
        read=len(messages) - waiting,
        is_pending=bool(waiting) or is_behind,
    )


def so_far(message: Message, *, was_held: bool) -> FileReport:
    """One message's part."""
    is_read = message.status != MessageStatus.RECEIVED
    return FileReport(
        name=message.filename,
        message=message,
        was_held=was_held,
        is_fresh=not was_held,
        totals=totals_of(message, is_fresh=not was_held),
        pieces=pieces_of(message.filename, message) if is_read else [],
    )
