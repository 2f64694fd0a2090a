"""The time limits of cases: asked of the rules, written on the case, told when none is configured.

A case keeps the limit that was counted for its decision: a later version of the rule counts for
decisions to come. It is counted anew when the payer decides anew, when another payer turns out to
have decided, or when there was no rule and now there is one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from billing_portal.access.actor import system_actor
from cases.actions import moving
from cases.notices.models import NoticeKind
from cases.notices.services import Draft, raise_many
from cases.sla import deadlines
from cases.sla.deadline_rules import ClockType
from cases.sla.deadlines import Answer, Question
from cases.sla.models import CaseDeadline, DeadlineRule
from cases.work.findings import Finding
from cases.work.lifecycle import Verb
from cases.work.models import Case, Queue
from cases.work.services import Wanted
from cases.work.types import CASE_TYPES, Remedy, no_remedy
from integrations.canonical.models import Payer

ACTOR = "deadlines"
TRIAGE = "triage"
REASON = "A deadline rule is configured now."


@dataclass(frozen=True, slots=True)
class Limit:
    """The question that was asked for a case, and the answer."""

    question: Question
    answer: Answer


def limits_of(found: Iterable[tuple[Finding, str]]) -> dict[str, Limit]:
    """The limits that run against findings, each with its payer's class; by finding key.

    Nothing for what no time limit runs against.
    """
    asked = (
        _question(finding.key, _remedy(finding), finding.payer_id, payer_class, finding.facility_id)
        for finding, payer_class in found
    )
    return _asked(question for question in asked if question is not None)


def columns_of(limit: Limit | None) -> dict[str, Any]:
    """What a limit writes on its case; nothing, if none was asked for."""
    if limit is None:
        return {}
    return {"deadline_on": limit.answer.legal_on, "deadline_at": limit.answer.due_at}


def counts_anew(case: Case, finding: Finding) -> bool:
    """Whether a finding asks for a limit that the case does not have yet."""
    is_another = (
        case.details.get("decision") != finding.decision or case.payer_id != finding.payer_id
    )
    return finding.disposition is None and (is_another or case.deadline_on is None)


def leave(*, limits: Mapping[int, Limit], at: datetime) -> None:
    """Leave the limits of cases, by primary key, as their traces; tell once what has no rule."""
    deadlines.record_many(answers=((pk, limit.answer) for pk, limit in limits.items()), at=at)
    unset = [limit for limit in limits.values() if not limit.answer.is_configured]
    if unset:
        raise_many(drafts=_drafts(unset))


@transaction.atomic
def assess_unset(*, at: datetime, limit: int = 1_000) -> int:
    """Count the limits of open cases that were never asked for, or for which a rule came since.

    Returns how many cases were looked at. Skips cases that others hold.
    """
    cases = list(
        Case.objects.open()
        .filter(_is_askable(), deadline_on=None, case_type__in=_with_remedy())
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")
        .select_related("payer")[:limit]
    )
    asked = _asked(question for case in cases if (question := _question_of(case)))
    by_id = {case.pk: asked[case.key] for case in cases if case.key in asked}
    wanted = [
        Wanted(pk, REASON, columns_of(limit))
        for pk, limit in by_id.items()
        if limit.answer.is_configured
    ]
    if wanted:
        moving.move_many(wanted=wanted, verb=Verb.UPDATE, by=system_actor(ACTOR), at=at)
    leave(limits=by_id, at=at)
    return len(by_id)


def _is_askable() -> Q:
    """Never asked for; or answered with no rule, and one of its kind was made since."""
    asked = CaseDeadline.objects.filter(case=OuterRef("pk"))
    ruled = DeadlineRule.objects.filter(
        Q(payer=OuterRef("case__payer")) | Q(payer_class=OuterRef("case__payer__payer_class")),
        clock_type=OuterRef("clock_type"),
        created_at__gt=OuterRef("assessed_at"),
    )
    newest = CaseDeadline.objects.filter(case=OuterRef("case")).order_by("-pk").values("pk")[:1]
    waiting = asked.filter(Exists(ruled), pk=Subquery(newest))
    return ~Exists(asked) | Exists(waiting)


def _with_remedy() -> list[str]:
    return sorted(each.key for each in CASE_TYPES if each.remedy is not no_remedy)


def _remedy(finding: Finding) -> Remedy | None:
    """None for details of another type, too: who writes them refuses them."""
    case_type = CASE_TYPES.get(finding.case_type)
    fits = type(finding.details) is case_type.details
    return case_type.remedy(finding.details) if fits else None


def _question_of(case: Case) -> Question | None:
    case_type = CASE_TYPES.get(case.case_type)
    remedy = case_type.remedy(case_type.details.from_json(case.details))
    payer_class = case.payer.payer_class if case.payer else ""
    return _question(case.key, remedy, case.payer_id, payer_class, case.facility_id)


def _question(
    key: str, remedy: Remedy | None, payer_id: int | None, payer_class: str, facility_id: int
) -> Question | None:
    if remedy is None:
        return None
    return Question(
        key=key,
        payer_id=payer_id,
        payer_class=payer_class,
        facility_id=facility_id,
        clock_type=remedy.clock_type,
        dates=remedy.dates,
        level=remedy.level,
    )


def _asked(questions: Iterable[Question]) -> dict[str, Limit]:
    by_key = {str(question.key): question for question in questions}
    answers = deadlines.assess_many(questions=by_key.values())
    return {key: Limit(question, answers[key]) for key, question in by_key.items()}


def _drafts(unset: Iterable[Limit]) -> Iterator[Draft]:
    """That a payer's rule is missing, once per payer (or class) and kind of limit."""
    triage = Queue.objects.only("pk").get(key=TRIAGE).pk
    kinds = {
        (limit.question.payer_id, limit.question.payer_class, limit.answer.clock_type)
        for limit in unset
    }
    names = Payer.objects.in_bulk([payer_id for payer_id, _, _ in kinds if payer_id is not None])
    for payer_id, payer_class, clock_type in sorted(kinds, key=str):
        payer = names.get(payer_id or 0)
        whose = f"payer “{payer}”" if payer else f"payers of class “{payer_class or 'unknown'}”"
        text = (
            f"No deadline rule for {whose}: “{ClockType(clock_type).label}” is not configured, so"
            " its cases show no deadline."
        )
        key = f"deadline:{payer_id or payer_class or 'unknown'}:{clock_type}"
        yield Draft(NoticeKind.DATA_QUALITY, key, text, triage)
