"""Which denials of the last days other code maps would see otherwise.

What is compared is the leading code of each denial, with the remarks it stands with, on the day of
its remittance: one statement groups the cases by these, the maps are asked once a group.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from cases.actions.books.simulating import Group
from cases.actions.books.spans import Period
from cases.actions.books.summing import summed
from cases.editions.reports import BacktestReport
from cases.types.denial.codes import CarcMeaning, CodeMap, Dated, RarcMeaning
from cases.types.denial.rules import NEEDS_REMARK, TRIAGE, denies, told_by
from cases.types.denial.vocabulary import Appealable, Category
from cases.work.models import Queue

Row = Mapping[str, Any]
HELD = """
SELECT details ->> 'group', details ->> 'carc', details -> 'remarks', details ->> 'paid_on',
       currency, count(*), sum(amount_at_risk), (max(ARRAY[amount_at_risk, id]))[2], max(id)
FROM cases_case
WHERE case_type = 'denial' AND opened_at >= %s AND opened_at < %s
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
"""
NO_DENIAL = "No denial"


class Held(NamedTuple):
    """Denials that the maps see alike."""

    group: str
    carc: str
    remarks: Sequence[str]
    paid_on: str | None
    currency: str
    cases: int
    amount: Decimal
    largest: Decimal
    newest: int


class Seen(NamedTuple):
    """What a map makes of a denial: its category in words and the key of its queue."""

    category: str
    queue: str


def try_codes(*, now: Row, then: Row, days: int, at: datetime) -> BacktestReport:
    """The denials of the last days by both maps. Reads only."""
    period = Period.of(days=days, at=at)
    queues = {key: (pk, name) for key, pk, name in Queue.objects.values_list("key", "pk", "name")}
    before, after = map_of(now), map_of(then)
    words: dict[int, tuple[str, str]] = {}
    groups = []
    for held in _held(period):
        was, would = seen(held, before), seen(held, after)
        group = _group(held, was, would, {key: pk for key, (pk, _) in queues.items()})
        words[id(group)] = tuple(  # type: ignore[assignment]  # two of two
            f"{each.category} → {queues[each.queue][1]}" for each in (was, would)
        )
        groups.append(group)
    return summed(groups, period=period, words=lambda group: words[id(group)])


def seen(held: Held, codes: CodeMap) -> Seen:
    """What a map makes of a leading code: read from its remark where the code leaves it to that."""
    on = date.fromisoformat(held.paid_on) if held.paid_on else None
    meaning = codes.carc(held.carc, on)
    if meaning is None:
        return Seen(Category.UNKNOWN.label, TRIAGE)
    if not denies(held.group, meaning):
        return Seen(NO_DENIAL, meaning.queue)
    told = told_by(held.remarks, codes, on) if held.carc in NEEDS_REMARK else None
    return Seen((told or meaning).category.label, (told or meaning).queue)


def map_of(content: Row) -> CodeMap:
    """A content as the rules ask it."""
    carcs: dict[str, list[Dated[CarcMeaning]]] = defaultdict(list)
    rarcs: dict[str, list[Dated[RarcMeaning]]] = defaultdict(list)
    for row in content["adjustments"]:
        carc = CarcMeaning(
            words=row["words"],
            category=Category(row["category"]),
            is_denial=row["is_denial"],
            queue=row["queue"],
            first_action=row["first_action"],
            appealable=Appealable(row["appealable"]),
            preventable_stage=row["preventable_stage"],
        )
        carcs[row["code"]].append(Dated(carc, *_period(row)))
    for row in content["remarks"]:
        rarc = RarcMeaning(
            words=row["words"],
            is_alert=row["is_alert"],
            category=Category(row["category"]),
            queue=row["queue"],
            first_action=row["first_action"],
        )
        rarcs[row["code"]].append(Dated(rarc, *_period(row)))
    return CodeMap(carcs, rarcs)


def _period(row: Row) -> tuple[date, date | None]:
    ends = row["valid_to"]
    return date.fromisoformat(row["valid_from"]), date.fromisoformat(ends) if ends else None


def _held(period: Period) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(HELD, [period.since, period.until])
        return [_as_held(*row) for row in cursor.fetchall()]


def _as_held(group: str, carc: str, remarks: str, *rest: Any) -> Held:
    return Held(group, carc, json.loads(remarks), *rest)


def _group(held: Held, was: Seen, would: Seen, queues: Mapping[str, int]) -> Group:
    is_changed = was != would
    return Group(
        was=None,
        would=None,
        was_queue=queues[was.queue],
        would_queue=queues[would.queue],
        currency=held.currency,
        cases=held.cases,
        amount=held.amount,
        breached_before=0,
        breached_after=0,
        changed=held.cases if is_changed else 0,
        changed_amount=held.amount if is_changed else Decimal(0),
        largest=int(held.largest) if is_changed else None,
        newest=held.newest if is_changed else None,
    )
