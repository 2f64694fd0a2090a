"""The columns of a case in words: labels, and values as people read them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.money import plain
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Queue
from integrations.canonical.models import Facility, Payer

NOTHING = "nothing"
LABELS: dict[str, str] = {
    "status": "Status",
    "queue_id": "Queue",
    "owner_id": "Owner",
    "disposition": "Disposition",
    "title": "Title",
    "code": "Code",
    "category": "Category",
    "amount_at_risk": "Amount at risk",
    "cycle": "Cycle",
    "facility_id": "Facility",
    "payer_id": "Payer",
    "first_touch_due_at": "First touch due",
    "resolve_due_at": "Resolve due",
    "deadline_on": "Deadline",
    "deadline_at": "Internal deadline",
    "first_touched_at": "First touched",
    "deferred_until": "Deferred until",
    "resolved_at": "Resolved at",
    "closed_at": "Closed at",
}
NAMED: dict[str, models.Manager[Any]] = {
    "queue_id": Queue.objects,
    "owner_id": User.objects,
    "facility_id": Facility.objects,
    "payer_id": Payer.objects,
}
CHOICES: dict[str, type[models.TextChoices]] = {"status": CaseStatus, "disposition": Disposition}


@dataclass(frozen=True, slots=True)
class Difference:
    """One column that changed, in words. Times are given as they are, for the page to localise."""

    column: str
    label: str
    old: str | datetime
    new: str | datetime


class Names:
    """Names of the rows that values point to, read once: one query per table that is needed."""

    def __init__(self, values: Iterable[tuple[str, Any]]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for column, value in values:
            if column in NAMED and value is not None:
                wanted[column].add(value)
        self._held = {
            column: {row.pk: str(row) for row in NAMED[column].filter(pk__in=ids)}
            for column, ids in wanted.items()
        }

    def words(self, column: str, value: Any) -> str | datetime:
        """A value as people read it."""
        if value is None or value == "":
            return NOTHING
        if column in NAMED:
            return self._held[column].get(value, "removed")
        if column in CHOICES:
            return str(CHOICES[column](value).label)
        if isinstance(value, datetime):
            return value
        return plain(value) if isinstance(value, Decimal) else str(value)


def differences(old: Mapping[str, Any], new: Mapping[str, Any], names: Names) -> list[Difference]:
    """What differs between two states of a case, in the order of LABELS."""
    return [
        Difference(
            column, label, names.words(column, old[column]), names.words(column, new[column])
        )
        for column, label in LABELS.items()
        if old[column] != new[column]
    ]


def named_values(*states: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The values of some states that need a name."""
    return [(column, state[column]) for state in states for column in NAMED]
