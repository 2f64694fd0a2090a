"""The targets as a book: by when each queue's cases are to be touched and resolved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from billing_portal.accounts.models import User
from cases.actions.books import simulating
from cases.actions.books.simulating import Group, Side, Trial
from cases.actions.books.spans import Period, spans_of
from cases.actions.books.summing import summed
from cases.editions.books import Content
from cases.editions.entries import Entry, Problem, Remark
from cases.editions.reports import BacktestReport
from cases.editions.shapes import Shape, misshapen, repeated
from cases.sla.models import Target
from cases.sla.services import TargetRow, replace_targets
from cases.sla.vocabulary import Clock, CountsIn, Unit
from cases.work.models import Queue
from cases.work.types import CASE_TYPES

SHAPE: Shape = {
    "queue": (str,),
    "case_type": (str,),
    "clock": (str,),
    "amount": (int,),
    "unit": (str,),
    "counts_in": (str,),
    "pauses_for_payer": (bool,),
    "pauses_for_info": (bool,),
    "pauses_when_deferred": (bool,),
    "pause_cap": (int,),
}
CHOICES: Mapping[str, Sequence[str]] = {
    "clock": Clock.values,
    "unit": Unit.values,
    "counts_in": CountsIn.values,
}
# What any calendar that opens at all can count within the three years that it looks ahead.
LONGEST = {Unit.BUSINESS_HOURS: 500, Unit.BUSINESS_DAYS: 250, Unit.CALENDAR_DAYS: 1_000}
MOST_TARGETS, LONGEST_PAUSE = 2_000, 100
ENDED = {Clock.FIRST_TOUCH: "c.first_touched_at", Clock.RESOLVE: "c.resolved_at"}


@dataclass(frozen=True, slots=True)
class TargetsBook:
    """Content: {"targets": [{"queue", "case_type", "clock", "amount", "unit", …}, …]}."""

    key: str = "targets"
    label: str = "Targets"

    def current(self) -> dict[str, Any]:
        """The targets as the rows stand."""
        rows = Target.objects.select_related("queue").order_by(
            "queue__position", "queue__key", "case_type", "clock", "pk"
        )
        names = [name for name in SHAPE if name != "queue"]
        return {
            "targets": [
                {"queue": row.queue.key, **{name: getattr(row, name) for name in names}}
                for row in rows
            ]
        }

    def problems(self, content: Content) -> list[Problem]:
        """Targets that nothing could be counted by."""
        wrong = misshapen(content, {"targets": SHAPE})
        if wrong:
            return wrong
        targets = content["targets"]
        if len(targets) > MOST_TARGETS:
            return [Problem("targets", f"are more than {MOST_TARGETS:,}")]
        queues = set(Queue.objects.values_list("key", flat=True))
        return [
            *repeated("targets", [key_of(row) for row in targets]),
            *(
                problem
                for index, row in enumerate(targets)
                for problem in _problems(f"targets[{index}]", row, queues)
            ),
        ]

    def findings(self, content: Content, *, at: datetime) -> Sequence[Remark]:
        """Nothing beyond its problems."""
        return ()

    def entries(self, content: Content) -> Sequence[Entry]:
        """Each target in words."""
        names = dict(Queue.objects.values_list("key", "name"))
        return [_entry(row, names.get(row["queue"], row["queue"])) for row in content["targets"]]

    def apply(self, *, content: Content, by: User, reason: str, at: datetime) -> int:
        """Write the targets that change; what runs keeps the terms that it started with."""
        queues = dict(Queue.objects.values_list("key", "pk"))
        wanted = [
            TargetRow(
                queue_id=queues[row["queue"]],
                **{name: value for name, value in row.items() if name != "queue"},
            )
            for row in content["targets"]
        ]
        return replace_targets(wanted=wanted, by=by, reason=reason)

    def simulate(self, *, content: Content, days: int, at: datetime) -> BacktestReport:
        """Both clocks of every case of the last days, where it stands, by both sets of targets.

        Pauses are left out on both sides, and every target counts in the site's calendar.
        """
        period = Period.of(days=days, at=at)
        names = dict(Queue.objects.values_list("pk", "name"))
        now = self.current()
        words: dict[int, str] = {}
        groups: list[Group] = []
        for clock in (Clock.RESOLVE, Clock.FIRST_TOUCH):
            for group in simulating.run(trial_of(clock, now, content), period=period):
                counted = group if clock is Clock.RESOLVE else replace(group, cases=0)
                words[id(counted)] = f"{clock.label}: {names[group.was_queue]}"
                groups.append(counted)
        return summed(
            groups, period=period, words=lambda group: (words[id(group)], words[id(group)])
        )


def trial_of(clock: Clock, was: Content, would: Content) -> Trial:
    """One clock by two sets of targets, wherever the cases stand."""
    queues = dict(Queue.objects.values_list("key", "pk"))
    sides = [
        Side(
            decides="NULL::int",
            queue="decided.queue_id",
            spans=spans_of(
                [{**row, "queue_id": queues[row["queue"]]} for row in content["targets"]], clock
            ),
        )
        for content in (was, would)
    ]
    return Trial(
        was=sides[0],
        would=sides[1],
        changed="breached_was IS DISTINCT FROM breached_would",
        ended=ENDED[clock],
    )


def key_of(row: Mapping[str, Any]) -> str:
    """There is one for a queue, case type and clock."""
    return "/".join(part for part in (row["queue"], row["case_type"], row["clock"]) if part)


def _entry(row: Mapping[str, Any], queue: str) -> Entry:
    types = {each.key: each.label for each in CASE_TYPES}
    of_type = f", {types.get(row['case_type'], row['case_type'])}" if row["case_type"] else ""
    pauses = {
        "the payer": row["pauses_for_payer"],
        "information": row["pauses_for_info"],
        "a deferral": row["pauses_when_deferred"],
    }
    return Entry(
        key_of(row),
        f"{queue}{of_type}: {Clock(row['clock']).label.lower()}",
        {
            "Within": f"{row['amount']} {Unit(row['unit']).label.lower()}",
            "Counted in": CountsIn(row["counts_in"]).label,
            "Pauses for": ", ".join(name for name, is_so in pauses.items() if is_so) or "nothing",
            "Longest pause": f"{row['pause_cap']} business days",
        },
    )


def _problems(where: str, row: Mapping[str, Any], queues: set[str]) -> Iterator[Problem]:
    if row["queue"] not in queues:
        yield Problem(f"{where}.queue", f"“{row['queue']}” is no queue")
    if row["case_type"] and row["case_type"] not in CASE_TYPES:
        yield Problem(f"{where}.case_type", f"“{row['case_type']}” is no case type")
    wrong = [name for name, choices in CHOICES.items() if row[name] not in choices]
    for name in wrong:
        yield Problem(f"{where}.{name}", f"must be one of {', '.join(CHOICES[name])}")
    least = 0 if row["unit"] == Unit.BUSINESS_DAYS else 1
    if "unit" not in wrong and not least <= row["amount"] <= LONGEST[Unit(row["unit"])]:
        longest = LONGEST[Unit(row["unit"])]
        yield Problem(f"{where}.amount", f"must be from {least} to {longest:,}")
    if not 1 <= row["pause_cap"] <= LONGEST_PAUSE:
        yield Problem(f"{where}.pause_cap", f"must be from 1 to {LONGEST_PAUSE}")


BOOK = TargetsBook()
