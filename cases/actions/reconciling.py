"""Our effects against what the ledgers hold, to the cent.

Each run is a row, each difference it found another; who makes cases of them reads what
`differences` returns. Ours are read before the ledger's, so that what is confirmed meanwhile is no
difference; the ledger is asked outside of any transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cases.effects import services
from cases.effects.comparing import compare
from cases.effects.models import LedgerDifference
from cases.effects.queries import known_keys, ours_since
from integrations.outbox.connecting import SecretMissing, entries_of
from integrations.outbox.models import Destination
from integrations.ports.commands import TargetFailure

WINDOW = timedelta(days=35)
"""A month and its close: what is older was found by an earlier run."""


def differences(*, at: datetime, oldest: datetime | None = None) -> list[LedgerDifference]:
    """Compare with every ledger that keeps books, and keep what does not agree.

    With each difference its effect, if it is one of ours, and its case. A ledger that does not
    answer leaves a run that says so, and is no difference. `oldest` is when the oldest difference
    was found that is not settled yet: what was compared then is compared again.
    """
    since = min(at, oldest or at) - WINDOW
    ledgers = Destination.objects.filter(ledgers__isnull=False, is_active=True).distinct()
    return [
        found
        for destination in ledgers.order_by("pk")
        for found in _compare(destination, since=since, at=at)
    ]


def _compare(
    destination: Destination, *, since: datetime, at: datetime
) -> Sequence[LedgerDifference]:
    ours = ours_since(destination, since=since)
    try:
        entries = entries_of(destination, since=since)
    except (TargetFailure, SecretMissing) as failure:
        services.keep_failure(destination=destination, since=since, failure=str(failure), at=at)
        return []
    known = known_keys({entry.key for entry in entries} - {each.key for each in ours})
    told = [entry for entry in entries if entry.key not in known]
    return services.keep_run(
        destination=destination,
        since=since,
        effects=len(ours),
        entries=len(told),
        found=compare(ours, told),
        at=at,
    )
