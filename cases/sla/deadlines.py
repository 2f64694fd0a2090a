"""Which time limit runs against a case: asked of the rules, for many at once, and left as a trace.

No rule, no date: nothing is guessed. A payer's own rule goes before its class's, a plan's before
one for every plan; the rule in force on the base date counts.
"""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from cases.sla.business_time import BusinessCalendar
from cases.sla.deadline_rules import (
    BaseEvent,
    ClockType,
    Dates,
    DayKind,
    Limit,
    RollRule,
    dates_of,
    default_buffer,
)
from cases.sla.models import DeadlineRule
from cases.sla.services import calendars_of
from cases.work.sets import any_id, any_text

RECORD = """
INSERT INTO cases_casedeadline
    (case_id, clock_type, level, base_event, base_on, rule_id, rule_version,
     presumed_receipt_days, legal_on, internal_on, citation, assessed_at)
SELECT case_id, clock_type, level, base_event, base_on, rule_id, rule_version,
       presumed_receipt_days, legal_on, internal_on, citation, assessed_at
FROM jsonb_populate_recordset(NULL::cases_casedeadline, %s)
"""


@dataclass(frozen=True, slots=True)
class Question:
    """Which limit is asked for: against whom, of what kind, counted from which known days.

    `dates` maps `BaseEvent` to days. `facility_id` says whose calendar is counted in.
    """

    key: Hashable
    payer_id: int | None
    payer_class: str
    facility_id: int
    clock_type: str
    dates: Mapping[str, date]
    level: int = 1
    plan_type: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say: a date with its provenance, or that none is configured."""

    clock_type: ClockType
    level: int
    rule: DeadlineRule | None = None
    base_on: date | None = None
    dates: Dates | None = None
    due_at: datetime | None = None

    @property
    def legal_on(self) -> date | None:
        """The last day by law or contract."""
        return self.dates.legal_on if self.dates else None

    @property
    def is_configured(self) -> bool:
        """Whether a rule gave a date."""
        return self.rule is not None


def assess_many(*, questions: Iterable[Question]) -> dict[Hashable, Answer]:
    """The limit of each question, by its key. Five queries for any number of them."""
    asked = list(questions)
    if not asked:
        return {}
    rules = _rules(asked)
    calendars = calendars_of({each.facility_id for each in asked})
    counted: dict[tuple[int, date, int], tuple[Dates, datetime]] = {}
    answers: dict[Hashable, Answer] = {}
    for each in asked:
        rule, base_on = _rule_for(each, rules)
        clock_type = ClockType(each.clock_type)
        if rule is None or base_on is None:
            answers[each.key] = Answer(clock_type, each.level)
            continue
        calendar = calendars[each.facility_id]
        memo = rule.pk, base_on, id(calendar)
        if memo not in counted:
            dates = dates_of(limit_of(rule), base_on, calendar)
            counted[memo] = dates, closing(calendar, dates.internal_on)
        answers[each.key] = Answer(clock_type, each.level, rule, base_on, *counted[memo])
    return answers


@transaction.atomic
def record_many(*, answers: Iterable[tuple[int, Answer]], at: datetime) -> None:
    """Leave what was answered on each case, given by primary key."""
    rows = [_row(case_id, answer, at) for case_id, answer in answers]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(RECORD, [json.dumps(rows, default=str)])


def limit_of(rule: DeadlineRule) -> Limit:
    """A rule's row as it is counted."""
    held = rule.internal_buffer
    return Limit(
        days=rule.days,
        day_kind=DayKind(rule.day_kind),
        presumed_receipt_days=rule.presumed_receipt_days,
        roll_rule=RollRule(rule.roll_rule),
        buffer=default_buffer(rule.level) if held is None else held,
    )


def closing(calendar: BusinessCalendar, day: date) -> datetime:
    """Close of business of an open day."""
    return calendar.intervals_on(day)[-1][1]


Key = tuple[int | None, str, str, str, int]


def _rules(asked: Sequence[Question]) -> dict[Key, list[DeadlineRule]]:
    """The rules that any of the questions could come under."""
    payers = any_id({each.payer_id for each in asked if each.payer_id is not None})
    classes = any_text({each.payer_class for each in asked if each.payer_class})
    held: dict[Key, list[DeadlineRule]] = defaultdict(list)
    for rule in DeadlineRule.objects.filter(
        Q(payer_id=payers) | Q(payer=None, payer_class=classes),
        clock_type=any_text({each.clock_type for each in asked}),
    ).order_by("pk"):
        key = rule.payer_id, rule.payer_class, rule.plan_type, rule.clock_type, rule.level
        held[key].append(rule)
    return held


def _rule_for(
    asked: Question, rules: Mapping[Key, Sequence[DeadlineRule]]
) -> tuple[DeadlineRule | None, date | None]:
    """The nearest rule that is in force on its base date, and that date."""
    for whose in ((asked.payer_id, ""), (None, asked.payer_class)):
        for plan_type in dict.fromkeys((asked.plan_type, "")):
            for rule in rules.get((*whose, plan_type, asked.clock_type, asked.level), ()):
                base_on = asked.dates.get(BaseEvent(rule.base_event))
                if base_on is not None and _is_in_force(rule, base_on):
                    return rule, base_on
    return None, None


def _is_in_force(rule: DeadlineRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to)


def _row(case_id: int, answer: Answer, at: datetime) -> dict[str, Any]:
    rule, dates = answer.rule, answer.dates
    return {
        "case_id": case_id,
        "clock_type": answer.clock_type,
        "level": answer.level,
        "base_event": rule.base_event if rule else "",
        "base_on": answer.base_on,
        "rule_id": rule.pk if rule else None,
        "rule_version": rule.version if rule else None,
        "presumed_receipt_days": rule.presumed_receipt_days if rule else 0,
        "legal_on": dates.legal_on if dates else None,
        "internal_on": dates.internal_on if dates else None,
        "citation": rule.citation if rule else "",
        "assessed_at": at.isoformat(),
    }
