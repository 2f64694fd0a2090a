"""Pulling from sources, and the slots that say when."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from integrations.canonical.models import Source
from integrations.health import services as health
from integrations.inbox.services import Receipt, StorageFailed, receive
from integrations.sync import slots
from integrations.sync.folders import Claimed, Drop
from integrations.sync.models import SlotStatus

log = logging.getLogger(__name__)


class NotPolled(DomainError):
    """The source has no folder to pull from."""

    code = "source_not_polled"


@dataclass(slots=True)
class Pulled:
    """What one pull came to. `failures` are sentences for the heartbeat, without patient data."""

    receipts: list[Receipt] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """In a few words, for the slot."""
        new = sum(receipt.is_new for receipt in self.receipts)
        return f"{new} new of {len(self.receipts)}; {len(self.failures)} failures"


def pull(*, source: Source, by: User, now: datetime) -> Pulled:
    """Take every whole file of a source's folder into the inbox, and note how that went.

    Each file is stored in a transaction of its own. What cannot be read or stored is named in
    the heartbeat and in the result, and costs the others nothing. Raises NotPolled.
    """
    if not source.folder:
        raise NotPolled(f"“{source.name}” has no folder to pull from.")
    pulled = Pulled()
    try:
        for claimed in Drop.at(source.folder).claim(now=now):
            take(claimed, source=source, by=by, into=pulled)
    except OSError as failure:
        pulled.failures.append(f"The folder cannot be read: {failure.strerror}.")
    if pulled.failures:
        health.failed(source=source, at=now, error=" ".join(pulled.failures))
    else:
        health.succeeded(source=source, at=now)
    return pulled


def take(claimed: Claimed, *, source: Source, by: User, into: Pulled) -> None:
    """Store one claimed file and put it by; a refusal of the file itself puts it aside."""
    try:
        into.receipts.append(
            receive(source=source, chunks=claimed.chunks(), filename=claimed.name, by=by)
        )
    except (OSError, StorageFailed) as failure:
        why = failure.strerror if isinstance(failure, OSError) else str(failure)
        into.failures.append(f"{claimed.name}: {why}")
        claimed.give_back()
    except DomainError as refusal:
        into.failures.append(f"{claimed.name}: {refusal}")
        claimed.refuse()
    else:
        claimed.archive()


def ring(*, by: User, now: datetime) -> Sequence[Pulled]:
    """Pull from every source whose slot has come and that no other beat has taken.

    A source that fails costs the others nothing.
    """
    pulls = []
    for source in Source.objects.filter(is_active=True).exclude(folder="").order_by("pk"):
        key = slots.claim(
            job=f"pull:{source.name}", now=now, every=timedelta(seconds=source.poll_seconds)
        )
        if key is not None:
            pulls.append(run_slot(key, source=source, by=by, now=now))
    return pulls


def run_slot(key: int, *, source: Source, by: User, now: datetime) -> Pulled:
    """One slot's pull, and its row's end whatever happens."""
    try:
        pulled = pull(source=source, by=by, now=now)
    except Exception as failure:  # noqa: BLE001 -- one source must not stop the others
        log.error(  # noqa: TRY400 -- a traceback could hold what a file says
            "pulling from %s failed: %s", source.name, type(failure).__name__
        )
        pulled = Pulled(failures=[type(failure).__name__])
    status = SlotStatus.FAILED if pulled.failures else SlotStatus.DONE
    slots.finish(key, status=status, outcome=pulled.outcome, now=now)
    return pulled
