"""Stored messages read again, through to cases: what `manage.py replay` does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.correlation import correlated
from cases.detection.services import tell_again
from cases.intake.detecting import cases_of, catch_up, rehearse
from cases.intake.ingesting import DETECTION_PATIENCE
from cases.intake.report import CaseCounts, ExitCode
from integrations.canonical.models import Source
from integrations.inbox import replay as inbox
from integrations.inbox.models import Message
from integrations.inbox.replay import Difference


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What reading messages again came to. `is_pending`: detection had not ended in time."""

    messages: int
    differences: Sequence[Difference]
    cases: CaseCounts
    is_pending: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """0: done; 3: something newly waits for a person; 4: detection pending."""
        if self.is_pending:
            return ExitCode.DETECTION_PENDING
        fresh = any(difference.set_aside for difference in self.differences)
        return ExitCode.SOME_SET_ASIDE if fresh else ExitCode.ALL_IN

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "messages": self.messages,
            "differences": [described(difference) for difference in self.differences],
            "cases_opened": self.cases.opened,
            "cases_updated": self.cases.updated,
            "cases_closed": self.cases.closed,
        }


def described(difference: Difference) -> dict[str, Any]:
    """One difference for the report."""
    return {
        "message": str(difference.message.public_id),
        "file": difference.message.filename,
        "part": difference.part,
        "status": difference.status,
        "added": difference.added,
        "moved": difference.moved,
        "resolved": difference.resolved,
        "set_aside": difference.set_aside,
    }


def replay(
    *, source: Source, since: datetime | None, by: User, at: datetime, dry_run: bool = False
) -> ReplayReport:
    """Read a source's messages again, oldest first, and say what differs now.

    What detection failed on before is tried again, too, whichever source it came from.

    A dry run looks at each message alone and rolls it back, so that no transaction is long: what
    one message would change for the next is not in its report.
    """
    messages = list(inbox.replayable(source=source, since=since))
    with correlated() as correlation_id:
        if dry_run:
            return rehearsed(messages, by=by, at=at, correlation_id=correlation_id)
        found = [
            difference
            for message in messages
            for difference in inbox.replay(message=message, by=by, correlation_id=correlation_id)
        ]
        tell_again(correlation_id=correlation_id)
        is_done = catch_up(at=at, patience=DETECTION_PATIENCE)
        cases = cases_of({correlation_id})
    return ReplayReport(len(messages), found, cases, is_pending=not is_done)


def rehearsed(
    messages: Iterable[Message], *, by: User, at: datetime, correlation_id: str
) -> ReplayReport:
    """The same, each message in a transaction that is rolled back."""
    count, found, cases = 0, [], CaseCounts()
    for message in messages:
        with transaction.atomic():
            found += inbox.replay(message=message, by=by, correlation_id=correlation_id)
            cases += rehearse(at=at)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
        count += 1
    return ReplayReport(count, found, cases)
