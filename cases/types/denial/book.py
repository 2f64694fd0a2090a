"""The code maps as a book: what adjustment and remark codes mean from a day on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import models, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import delete_because
from billing_portal.kernel.models.versions import write_version
from cases.editions.books import Content
from cases.editions.entries import Entry, Problem, Remark
from cases.editions.reports import BacktestReport
from cases.editions.shapes import Shape, misshapen, repeated
from cases.types.denial.models import AdjustmentCode, RemarkCode
from cases.types.denial.trying import try_codes
from cases.types.denial.vocabulary import Appealable, Category
from cases.work.models import Queue

EITHER: Shape = {
    "code": (str,),
    "words": (str,),
    "category": (str,),
    "queue": (str,),
    "first_action": (str,),
    "valid_from": (str,),
    "valid_to": (str, type(None)),
}
ADJUSTMENT: Shape = {
    **EITHER,
    "is_denial": (bool,),
    "appealable": (str,),
    "preventable_stage": (str,),
}
REMARK: Shape = {**EITHER, "is_alert": (bool,)}
LISTS: Mapping[str, tuple[type[Any], Shape]] = {
    "adjustments": (AdjustmentCode, ADJUSTMENT),
    "remarks": (RemarkCode, REMARK),
}
LONGEST_CODE, MOST_CODES = 10, 5_000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CodesBook:
    """Content: {"adjustments": [{"code", "words", …}, …], "remarks": […]}; days as ISO text."""

    key: str = "codes"
    label: str = "Code maps"

    def current(self) -> dict[str, Any]:
        """Both maps as the rows stand, all periods."""
        return {
            name: [_row(row, shape) for row in rows_of(model)]
            for name, (model, shape) in LISTS.items()
        }

    def problems(self, content: Content) -> list[Problem]:
        """Codes that could not be read, or that would mean two things on a day."""
        wrong = misshapen(content, {name: shape for name, (_, shape) in LISTS.items()})
        if wrong:
            return wrong
        queues = set(Queue.objects.values_list("key", flat=True))
        return [
            problem
            for name in LISTS
            for problem in [
                *([Problem(name, "are too many")] if len(content[name]) > MOST_CODES else []),
                *repeated(name, [key_of(row) for row in content[name]]),
                *_of_rows(name, content[name], queues),
            ]
        ]

    def findings(self, content: Content, *, at: datetime) -> Sequence[Remark]:
        """Nothing beyond its problems."""
        return ()

    def entries(self, content: Content) -> Sequence[Entry]:
        """Each code in words."""
        queues = dict(Queue.objects.values_list("key", "name"))
        return [_entry(name, row, queues) for name in LISTS for row in content[name]]

    @transaction.atomic
    def apply(self, *, content: Content, by: User, reason: str, at: datetime) -> int:
        """Write the codes that change; cases keep what the maps said when they were detected."""
        queues = dict(Queue.objects.values_list("key", "pk"))
        return sum(
            _replace(model, content[name], queues, by=by, reason=reason)
            for name, (model, _shape) in LISTS.items()
        )

    def simulate(self, *, content: Content, days: int, at: datetime) -> BacktestReport:
        """Which denials of the last days would be of another category or queue."""
        return try_codes(now=self.current(), then=content, days=days, at=at)


def rows_of(model: type[Any]) -> models.QuerySet[Any]:
    """The rows of one map, in their order."""
    rows: models.QuerySet[Any] = model.objects.select_related("queue").order_by(
        "code", "valid_from", "pk"
    )
    return rows


def key_of(row: Row) -> str:
    """A code has one meaning from a day on."""
    return f"{row['code']} from {row['valid_from']}"


def _row(row: Any, shape: Shape) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in shape if name != "queue"}
    days = {name: value.isoformat() for name, value in plain.items() if isinstance(value, date)}
    return {**plain, **days, "queue": row.queue.key}


def _replace(
    model: type[Any], wanted: Sequence[Row], queues: Mapping[str, int], *, by: User, reason: str
) -> int:
    """Let one map's rows be these. Locks them."""
    rows = model.objects.select_for_update(of=("self",)).order_by("pk")
    held = {f"{row.code} from {row.valid_from.isoformat()}": row for row in rows}
    changed = 0
    for row in wanted:
        columns = {name: value for name, value in row.items() if name != "queue"}
        columns["queue_id"] = queues[row["queue"]]
        columns["valid_from"] = date.fromisoformat(row["valid_from"])
        columns["valid_to"] = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        old = held.pop(key_of(row), None)
        changed += write_version(old, columns, model=model, by=by, reason=reason)
    for gone in held.values():
        delete_because(gone, by=by, reason=reason)
    return changed + len(held)


def _of_rows(name: str, rows: Sequence[Row], queues: set[str]) -> Iterator[Problem]:
    periods: dict[str, list[tuple[date, date, int]]] = {}
    for index, row in enumerate(rows):
        where = f"{name}[{index}]"
        yield from _of_row(where, row, queues)
        begins, ends = day(row["valid_from"]), day(row["valid_to"] or "9999-12-31")
        if begins is None or ends is None or ends <= begins:
            yield Problem(f"{where}.valid_to", "must be days, the end after the beginning")
        else:
            periods.setdefault(row["code"], []).append((begins, ends, index))
    for code, held in periods.items():
        held.sort()
        for (_, ends, _first), (begins, _, index) in pairwise(held):
            if begins < ends:
                yield Problem(f"{name}[{index}]", f"“{code}” would mean two things on {begins}")


def _of_row(where: str, row: Row, queues: set[str]) -> Iterator[Problem]:
    if not 1 <= len(row["code"].strip()) <= LONGEST_CODE:
        yield Problem(f"{where}.code", f"must have 1 to {LONGEST_CODE} characters")
    for name in ("words", "first_action"):
        if not row[name].strip():
            yield Problem(f"{where}.{name}", "must say something")
    if row["queue"] not in queues:
        yield Problem(f"{where}.queue", f"“{row['queue']}” is no queue")
    if row["category"] not in Category.values:
        yield Problem(f"{where}.category", f"“{row['category']}” is no category")
    if row.get("appealable", Appealable.YES) not in Appealable.values:
        yield Problem(f"{where}.appealable", f"must be one of {', '.join(Appealable.values)}")


def day(text: str) -> date | None:
    """A day as a content has it; None: it is none."""
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return None
    return read if read.isoformat() == text else None


def _entry(name: str, row: Row, queues: Mapping[str, str]) -> Entry:
    says = {
        "Means": row["words"],
        "Category": Category(row["category"]).label,
        "Queue": queues.get(row["queue"], row["queue"]),
        "First action": row["first_action"],
        "Until": row["valid_to"] or "open",
    }
    if name == "adjustments":
        says["A denial"] = "yes" if row["is_denial"] else "no"
        says["Can be appealed"] = Appealable(row["appealable"]).label
        says["Preventable"] = row["preventable_stage"]
        return Entry(f"carc:{key_of(row)}", f"CARC {key_of(row)}", says)
    says["An alert"] = "yes" if row["is_alert"] else "no"
    return Entry(f"rarc:{key_of(row)}", f"RARC {key_of(row)}", says)


BOOK = CodesBook()
