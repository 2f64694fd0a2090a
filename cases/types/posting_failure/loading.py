"""What was sent under a key and what the ledger holds of it, read for a whole batch."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from cases.effects.models import Effect, Journal, LedgerDifference
from cases.effects.models.journals import KEY as OURS
from cases.effects.queries import newest_runs
from cases.types.posting_failure.vocabulary import KEY
from cases.work.models import Case
from cases.work.sets import any_id, any_text
from cases.work.types import Change
from integrations.outbox.lifecycle import FINAL
from integrations.outbox.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that is known of one key. `tries` is the newest attempt's, 0 without one."""

    key: str
    message: OutboxMessage | None
    effect: Effect | None
    difference: LedgerDifference | None
    case: Case | None
    tries: int = 0

    @property
    def case_key(self) -> str:
        """What names its case for ever."""
        return key_of(self.key)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to its message, if it is one of ours."""
        return self.message is None or self.message.state in FINAL

    @property
    def journal(self) -> Journal | None:
        """The journal that the effect booked, if it booked one."""
        return getattr(self.effect, "journal", None)


def keys_of(changes: Collection[Change]) -> dict[str, str]:
    """The keys of changed messages, each with its correlation id."""
    correlations = {change.record_id: change.correlation_id for change in changes}
    rows = OutboxMessage.objects.filter(pk=any_id(correlations)).values_list("pk", "event_key")
    return {key.hex: correlations[pk] for pk, key in rows}


def key_of(event_key: str) -> str:
    """What names the case of what was sent under a key."""
    return f"{KEY}:{event_key}"


def load(keys: Collection[str]) -> list[Loaded]:
    """What is known of keys, in their order. Six queries, however many."""
    uuids = [UUID(key) for key in keys if OURS.fullmatch(key)]
    messages = {
        each.event_key.hex: each
        for each in OutboxMessage.objects.filter(event_key__in=uuids)
        .select_related("destination")
        .annotate(tried=Max("tries"))
    }
    effects = {
        each.event_key.hex: each
        for each in Effect.objects.filter(event_key__in=uuids).select_related("case", "journal")
    }
    found = differences(keys)
    cases = Case.objects.filter(key=any_text(map(key_of, keys)))
    held = {case.key: case for case in cases}
    return [
        Loaded(
            key,
            messages.get(key),
            effects.get(key),
            found.get(key),
            held.get(key_of(key)),
            getattr(messages.get(key), "tried", None) or 0,
        )
        for key in sorted(keys)
    ]


def differences(keys: Collection[str]) -> dict[str, LedgerDifference]:
    """What the newest comparison with each ledger found of keys; one that failed found nothing."""
    rows = LedgerDifference.objects.filter(
        reconciliation__in=list(newest_runs()), key=any_text(keys)
    ).select_related("reconciliation__destination")
    return {each.key: each for each in rows.order_by("pk")}
