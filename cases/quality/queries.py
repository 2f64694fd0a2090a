"""Weights as they hold now, and who finished which case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from cases.quality.models import WorkWeight
from cases.work.lifecycle import CaseStatus

ORDINARY = Decimal(1)

# Who first wrote that it was resolved, at the moment that stands, finished it, and ended it so: who
# puts that back after a reopening does not. What systems resolve is nobody's work.
FINISHED = """
SELECT c.id, c.queue_id, c.facility_id, c.case_type, c.category, ended.disposition,
       c.amount_at_risk,
       c.resolved_at, ended.history_user_id
FROM cases_case AS c
CROSS JOIN LATERAL (
  SELECT h.history_user_id, h.disposition FROM cases_historicalcase AS h
  WHERE h.id = c.id AND h.status = %(resolved)s AND h.resolved_at = c.resolved_at
  ORDER BY h.history_id LIMIT 1) AS ended
JOIN accounts_user AS person ON person.id = ended.history_user_id AND person.kind = 'person'
WHERE c.resolved_at >= %(since)s AND c.resolved_at < %(until)s
ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much work each kind of case is."""

    held: Mapping[tuple[str, str], Decimal]

    @classmethod
    def read(cls) -> "Weights":
        """As configured now. One query."""
        rows = WorkWeight.objects.values_list("case_type", "category", "weight")
        return cls({(case_type, category): weight for case_type, category, weight in rows})

    def of(self, case_type: str, category: str) -> Decimal:
        """Of its category, else of its type, else an ordinary case's."""
        own = self.held.get((case_type, category))
        return own if own is not None else self.held.get((case_type, ""), ORDINARY)


@dataclass(frozen=True, slots=True)
class Ended:
    """A case that a person resolved, and still is."""

    case_id: int
    queue_id: int
    facility_id: int
    case_type: str
    category: str
    disposition: str
    amount: Decimal
    resolved_at: datetime
    resolver_id: int


def ended_between(since: datetime, until: datetime) -> list[Ended]:
    """What people resolved in a time and is not open again. One query."""
    given: dict[str, Any] = {
        "since": since,
        "until": until,
        "resolved": CaseStatus.RESOLVED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(FINISHED, given)
        return [Ended(*row) for row in cursor.fetchall()]
