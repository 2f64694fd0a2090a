"""What rules did lately, what a condition would match now, and which rules nothing reaches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q

from billing_portal.accounts.models import User
from cases.routing.fields import SOURCE
from cases.routing.models import RoutingDecision, RoutingRule
from cases.routing.predicates import matching, reading
from cases.routing.shadows import shadows
from cases.work.models import Case

COUNTED_TO = 1_000
LATELY, LONG = timedelta(days=30), timedelta(days=90)
NEWEST = 10_000


class Doubt(StrEnum):
    """Why a rule decides nothing."""

    SHADOWED = "shadowed"
    UNREACHED = "unreached"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Hits:
    """How many cases a rule decided in the last 30 and 90 days, and when last of these."""

    lately: int = 0
    long: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that decides nothing; `by` is the key of the earlier rule that takes all, if one."""

    key: str
    doubt: Doubt
    by: str = ""


def live_count(tree: Any, *, by: User) -> int:
    """How many open cases that somebody sees match a condition; a thousand and one: more.

    Raises ConditionRefused.
    """
    seen = Case.objects.visible_to(by).open().filter(matching(tree))
    return seen.order_by()[: COUNTED_TO + 1].count()


def hits(*, at: datetime) -> dict[str, Hits]:
    """What each rule decided lately, by its key; a rule that decided nothing is not there."""
    rows = (
        RoutingDecision.objects.filter(decided_at__gte=at - LONG, rule__isnull=False)
        .order_by("rule__key")
        .values_list("rule__key")
        .annotate(
            lately=Count("decided_at", filter=Q(decided_at__gte=at - LATELY)),
            long=Count("decided_at"),
            last_at=Max("decided_at"),
        )
    )
    return {key: Hits(lately, long, last_at) for key, lately, long, last_at in rows}


def silent_rules(*, at: datetime) -> list[Silence]:
    """The rules in use that decide nothing, in their order, and why.

    Shadowed is proved by the conditions. Of the others that no case of the last 30 days reached,
    the newest cases tell whether they match some that earlier rules take, or none at all.
    """
    rules = list(RoutingRule.objects.used())
    shadowed = {each.key: each.by for each in shadows([(r.key, r.condition) for r in rules])}
    decided = {key for key, each in hits(at=at).items() if each.lately}
    silent = [rule for rule in rules if rule.key not in decided and rule.key not in shadowed]
    matched = _matched([rule.condition for rule in silent], since=at - LATELY)
    doubts = {
        rule.key: Doubt.UNREACHED if is_matched else Doubt.UNMATCHED
        for rule, is_matched in zip(silent, matched, strict=True)
    }
    return list(_silences([rule.key for rule in rules], shadowed, doubts))


def _silences(
    keys: Sequence[str], shadowed: dict[str, str], doubts: dict[str, Doubt]
) -> Iterator[Silence]:
    for key in keys:
        if key in shadowed:
            yield Silence(key, Doubt.SHADOWED, shadowed[key])
        elif key in doubts:
            yield Silence(key, doubts[key])


def _matched(conditions: Sequence[Any], *, since: datetime) -> list[bool]:
    """Whether each condition holds for any of the newest cases opened since then. One query."""
    if not conditions:
        return []
    sql = reading()
    asked = ", ".join(f"coalesce(bool_or({sql.predicate(each)}), false)" for each in conditions)
    newest = (
        "SELECT * FROM cases_case WHERE opened_at >= %(since)s ORDER BY id DESC LIMIT %(limit)s"
    )
    source = SOURCE.replace("cases_case AS c", f"({newest}) AS c")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {asked} FROM {source}",  # noqa: S608 -- our text, their parameters
            {**sql.parameters, "since": since, "limit": NEWEST},
        )
        return list(cursor.fetchone())
