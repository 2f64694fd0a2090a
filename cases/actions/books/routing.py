"""The routing rules as a book: in their order, the first that holds wins."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from billing_portal.accounts.models import User
from cases.actions.books import simulating
from cases.actions.books.simulating import Group, Side, Trial
from cases.actions.books.spans import Period, spans_in_force
from cases.actions.books.summing import summed
from cases.editions.books import Content
from cases.editions.entries import Entry, Problem, Remark
from cases.editions.reports import BacktestReport
from cases.editions.shapes import Shape, misshapen, repeated
from cases.routing import services
from cases.routing.conditions import ConditionRefused, fields_of, parsed
from cases.routing.fields import FIELDS, TERMS
from cases.routing.misrouting import misroutings_by_rule
from cases.routing.models import RoutingRule
from cases.routing.predicates import Sql
from cases.routing.services import TRIAGE, RuleRow
from cases.routing.shadows import shadows
from cases.routing.wording import sentence
from cases.work.models import Queue

SHAPE: Shape = {
    "key": (str,),
    "name": (str,),
    "condition": (dict,),
    "queue": (str,),
    "is_active": (bool,),
}
MOST_RULES = 500


@dataclass(frozen=True, slots=True)
class RoutingBook:
    """Content: {"rules": [{"key", "name", "condition", "queue", "is_active"}, …]} in order."""

    key: str = "routing"
    label: str = "Routing rules"

    def current(self) -> dict[str, Any]:
        """The rules that are in the book, used or not."""
        rules = RoutingRule.objects.in_the_book().select_related("queue")
        return {
            "rules": [
                {
                    "key": rule.key,
                    "name": rule.name,
                    "condition": rule.condition,
                    "queue": rule.queue.key,
                    "is_active": rule.is_active,
                }
                for rule in rules
            ]
        }

    def problems(self, content: Content) -> list[Problem]:
        """Rules that no case could be decided by."""
        wrong = misshapen(content, {"rules": SHAPE})
        if wrong:
            return wrong
        rules = content["rules"]
        if len(rules) > MOST_RULES:
            return [Problem("rules", f"are more than {MOST_RULES}")]
        open_queues = set(Queue.objects.filter(is_active=True).values_list("key", flat=True))
        return [
            *repeated("rules", [rule["key"] for rule in rules]),
            *(
                problem
                for index, rule in enumerate(rules)
                for problem in _problems(f"rules[{index}]", rule, open_queues)
            ),
        ]

    def findings(self, content: Content, *, at: datetime) -> Sequence[Remark]:
        """Nothing beyond its problems."""
        return ()

    def entries(self, content: Content) -> Sequence[Entry]:
        """Each rule as a sentence."""
        names = dict(Queue.objects.values_list("key", "name"))
        return [
            Entry(
                rule["key"],
                rule["name"],
                {
                    "When": sentence(rule["condition"], TERMS),
                    "Goes to": names.get(rule["queue"], rule["queue"]),
                    "In use": "yes" if rule["is_active"] else "no",
                },
            )
            for rule in content["rules"]
        ]

    def apply(self, *, content: Content, by: User, reason: str, at: datetime) -> int:
        """Write the rules that change; one that is no longer in the book is never used again."""
        queues = dict(Queue.objects.values_list("key", "pk"))
        wanted = [
            RuleRow(
                key=rule["key"],
                name=rule["name"],
                condition=rule["condition"],
                queue_id=queues[rule["queue"]],
                is_active=rule["is_active"],
            )
            for rule in content["rules"]
        ]
        return services.replace_rules(wanted=wanted, by=by, reason=reason)

    def simulate(self, *, content: Content, days: int, at: datetime) -> BacktestReport:
        """Every case of the last days by the rules in force, and by these."""
        period = Period.of(days=days, at=at)
        was, would = _used(self.current()), _used(content)
        groups = simulating.run(trial_of(was, would), period=period)
        names = dict(Queue.objects.values_list("pk", "name"))
        return summed(
            groups,
            period=period,
            words=lambda group: (names[group.was_queue], names[group.would_queue]),
            conflicts=[*_conflicts(would, groups), *_moved_on(period.since, names)],
        )


def trial_of(was: Sequence[Mapping[str, Any]], would: Sequence[Mapping[str, Any]]) -> Trial:
    """Two orders of rules as one statement; each fact they ask for is read once a case."""
    queues = dict(Queue.objects.values_list("key", "pk"))
    asked = sorted({key for rule in [*was, *would] for key in fields_of(rule["condition"])})
    sql = Sql({key: f"seen.fact_{key}" for key in asked})
    spans = spans_in_force()
    sides = {
        side: Side(
            decides=simulating.first_of([rule["condition"] for rule in rules], sql),
            queue=simulating.queue_of(side, otherwise=queues[TRIAGE]),
            spans=spans,
        )
        for side, rules in (("was", was), ("would", would))
    }
    return Trial(
        was=sides["was"],
        would=sides["would"],
        changed="was_queue <> would_queue",
        facts={f"fact_{key}": FIELDS[key].sql for key in asked},
        parameters={
            **sql.parameters,
            "queues_was": [queues[rule["queue"]] for rule in was],
            "queues_would": [queues[rule["queue"]] for rule in would],
        },
    )


def _used(content: Content) -> list[Mapping[str, Any]]:
    return [rule for rule in content["rules"] if rule["is_active"]]


def _problems(where: str, rule: Mapping[str, Any], open_queues: set[str]) -> Iterator[Problem]:
    try:
        validate_slug(rule["key"])
    except ValidationError:
        yield Problem(f"{where}.key", "must be letters, digits, hyphens and underscores")
    if not 1 <= len(rule["key"]) <= 50:
        yield Problem(f"{where}.key", "must have 1 to 50 characters")
    if not rule["name"].strip():
        yield Problem(f"{where}.name", "must say what the rule is for")
    if rule["queue"] not in open_queues:
        yield Problem(f"{where}.queue", f"“{rule['queue']}” is no open queue")
    try:
        parsed(rule["condition"], TERMS)
    except ConditionRefused as refusal:
        yield Problem(f"{where}.condition", str(refusal))


def _conflicts(rules: Sequence[Mapping[str, Any]], groups: Sequence[Group]) -> Iterator[str]:
    """What a reviewer should look at: rules that no case reaches."""
    shadowed = shadows([(rule["key"], rule["condition"]) for rule in rules])
    names = {rule["key"]: rule["name"] for rule in rules}
    for shadow in shadowed:
        yield f"“{names[shadow.key]}” is never reached: “{names[shadow.by]}” takes all it matches."
    deciding = {group.would for group in groups}
    hidden = {shadow.key for shadow in shadowed}
    for place, rule in enumerate(rules):
        if place not in deciding and rule["key"] not in hidden:
            yield f"“{rule['name']}” would have decided none of these cases."


def _moved_on(since: datetime, queues: Mapping[int, str]) -> Iterator[str]:
    """Which rules sent cases that people moved on as not theirs, most such cases first."""
    sent: Counter[int] = Counter()
    onward: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for (rule_id, _cause, queue_id), times in misroutings_by_rule(since=since).items():
        if rule_id is not None:
            sent[rule_id] += times
            onward[rule_id][queues[queue_id]] += times
    names = dict(RoutingRule.objects.filter(pk__in=sent).values_list("pk", "name"))
    for rule_id, times in sorted(sent.items(), key=lambda each: (-each[1], each[0])):
        where = ", ".join(
            f"{number:,} to {queue}" for queue, number in onward[rule_id].most_common()
        )
        yield f"“{names[rule_id]}” sent cases that people moved on, {times:,} times: {where}."


BOOK = RoutingBook()
