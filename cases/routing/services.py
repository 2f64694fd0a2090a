"""Deciding where cases go: the first active rule whose condition holds wins, and says so."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.versions import write_version
from cases.routing.conditions import Predicate, compiled
from cases.routing.fields import TERMS, Subject, as_json, facts_of
from cases.routing.models import RoutingRule
from cases.work.models import Queue

TRIAGE = "triage"
STEP = 10  # between positions
GONE = {"position": None, "is_active": False}
RECORD = """
INSERT INTO cases_routingdecision (case_id, rule_id, rule_version, queue_id, facts, decided_at)
SELECT case_id, rule_id, rule_version, queue_id, facts, decided_at
FROM jsonb_populate_recordset(NULL::cases_routingdecision, %s)
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a subject goes, by which version of which rule, seeing which facts.

    No rule: nothing matched, so it goes to triage.
    """

    queue_id: int
    rule_id: int | None
    rule_version: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Rule:
    row: RoutingRule
    matches: Predicate


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as it is to stand; its place is its place in the list."""

    key: str
    name: str
    condition: Mapping[str, Any]
    queue_id: int
    is_active: bool


class Router:
    """The active rules of one moment, in their order."""

    def __init__(self, rules: Iterable[RoutingRule], *, triage_id: int) -> None:
        self._rules = [_Rule(rule, compiled(rule.condition, TERMS)) for rule in rules]
        self._triage_id = triage_id

    def decide(self, subject: Subject) -> Decision:
        """The queue for one subject."""
        facts = facts_of(subject)
        trace = as_json(facts)
        for rule in self._rules:
            if rule.matches(facts):
                return Decision(rule.row.queue_id, rule.row.pk, rule.row.version, trace)
        return Decision(self._triage_id, None, None, trace)


def decide_many(*, subjects: Sequence[Subject]) -> list[Decision]:
    """Where each subject goes, by the rules active now. Two queries for any number of subjects."""
    rules = RoutingRule.objects.used()
    router = Router(rules, triage_id=Queue.objects.only("pk").get(key=TRIAGE).pk)
    return [router.decide(subject) for subject in subjects]


@transaction.atomic
def record_many(*, decisions: Iterable[tuple[int, Decision]], at: datetime) -> None:
    """Leave each decision's trace on its case, given by primary key."""
    rows = [
        {
            "case_id": case_id,
            "rule_id": decision.rule_id,
            "rule_version": decision.rule_version,
            "queue_id": decision.queue_id,
            "facts": decision.facts,
            "decided_at": at.isoformat(),
        }
        for case_id, decision in decisions
    ]
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [json.dumps(rows)])


@transaction.atomic
def replace_rules(*, wanted: Sequence[RuleRow], by: User, reason: str) -> int:
    """Let the rules be these, in this order; each that changes gets its next version and history.

    A rule that is not among them leaves the book: it keeps its row, since decisions name it, and is
    never used. Locks the rules. Returns how many changed.
    """
    held = {
        rule.key: rule
        for rule in RoutingRule.objects.select_for_update(of=("self",)).order_by("pk")
    }
    changed = 0
    for place, row in enumerate(wanted, start=1):
        columns = {**asdict(row), "position": place * STEP}
        changed += write_version(
            held.get(row.key), columns, model=RoutingRule, by=by, reason=reason
        )
    for key in held.keys() - {row.key for row in wanted}:
        changed += write_version(held[key], GONE, model=RoutingRule, by=by, reason=reason)
    return changed
