"""From findings to cases: opened, updated, closed or reopened, set-wise, all in one transaction.

A finding says how a thing stands. What that means for the case that is there, if any, is one pure
function; the rest writes its answers with one statement per kind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from cases.actions import deadlines, moving
from cases.actions.deadlines import Limit
from cases.notices.models import NoticeKind
from cases.notices.services import Draft, raise_many
from cases.routing.fields import Subject
from cases.routing.models import RoutingDecision
from cases.routing.services import Decision, decide_many, record_many
from cases.sla.clock_rules import Ask
from cases.sla.services import Asked, Place, plan_many, start_many, starts, terms_for, write
from cases.sla.vocabulary import ClockEffect
from cases.work import services
from cases.work.findings import Finding
from cases.work.lifecycle import CLAIMABLE, FINISHED, CaseStatus, Disposition, Verb
from cases.work.models import Case, Queue
from cases.work.services import NewCase, Wanted
from cases.work.sets import any_id, any_text
from integrations.canonical.models import Facility, Payer

DETECTION = "detection"
UNASSIGNED = "unassigned"
TRIAGE = "triage"
FIRST = 1  # the version that a case is made with
GONE = frozenset({CaseStatus.MERGED, CaseStatus.VOIDED})  # the table of moves leads nowhere


DECIDED = frozenset({Disposition.WRITTEN_OFF, Disposition.REFUNDED})
"""How facts alone never end a case: people approved it, and the ledger confirmed it."""


class Effect(StrEnum):
    """What a finding did to its case."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Written:
    """One effect on one case, with the correlation id of the message that led to it."""

    case_id: int
    effect: Effect
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Routed:
    """A finding, what routing saw of it, and where it goes."""

    finding: Finding
    subject: Subject
    decision: Decision

    @property
    def place(self) -> Place:
        """What targets and calendars depend on."""
        finding = self.finding
        return Place(
            self.decision.queue_id, finding.facility_id, finding.case_type, finding.payer_id
        )

    @property
    def with_class(self) -> tuple[Finding, str]:
        """The finding, and the class of its payer."""
        return self.finding, self.subject.payer_class


def effect_of(case: Case, finding: Finding) -> Effect | None:
    """What a finding asks of the case that is there; None: nothing. Pure.

    A case that a person resolved stays resolved until the payer decides anew; one that the facts
    closed follows the facts. What is the same as before asks for nothing.
    """
    status = CaseStatus(case.status)
    if status in GONE:
        return None
    if finding.disposition is not None:
        is_settled = status is CaseStatus.CLOSED and not _is_changed(case, finding)
        return None if is_settled else Effect.CLOSED
    is_decided = status is CaseStatus.RESOLVED or case.disposition in DECIDED
    if status is CaseStatus.CLOSED and not is_decided:
        return Effect.REOPENED
    if is_decided:
        return Effect.REOPENED if _is_decided_anew(case, finding) else None
    return Effect.UPDATED if _is_changed(case, finding) else None


@transaction.atomic
def open_many(
    *, findings: Iterable[Finding], at: datetime, by: User | None = None
) -> list[Written]:
    """Let the cases be as the findings say. Of two findings of one key the later holds.

    Locks the cases that are there, in the order of their keys. The actor is detection unless told.
    Raises DetailsRefused; then nothing is written. The number of queries does not depend on the
    number of findings.
    """
    actor = by or system_actor(DETECTION)
    routed = _route({finding.key: finding for finding in findings}.values())
    if not routed:
        return []
    made = _open(routed, by=actor, at=at)
    written = [
        Written(made[each.finding.key], Effect.OPENED, each.finding.correlation_id)
        for each in routed
        if each.finding.key in made
    ]
    there = [each for each in routed if each.finding.key not in made or each.finding.disposition]
    written += _change(there, by=actor, at=at)
    raise_many(drafts=_drafts(routed))
    return written


@transaction.atomic
def open_part(*, finding: Finding, by: User, since: datetime, at: datetime) -> Case:
    """Open the case of what was split off from another, where the rules send it.

    It owes a first touch from now on; by when it is to be resolved counts from `since`, when the
    other was opened: a split gains nobody time. Raises DetailsRefused.
    """
    [routed] = _route([finding])
    started = starts(places={routed.place}, at=since)
    now = starts(places={routed.place}, at=at)[routed.place].due
    limits = deadlines.limits_of([routed.with_class])
    new = NewCase(
        finding,
        routed.decision.queue_id,
        now.first_touch_due_at,
        started[routed.place].due.resolve_due_at,
        **deadlines.columns_of(limits.get(finding.key)),
    )
    [case_id] = services.insert_many(new=[new], by=by, at=since).values()
    start_many(opened={case_id: routed.place}, started=started, at=since)
    terms = terms_for(places={routed.place})[routed.place]
    asked = Asked(case_id, Ask(ClockEffect.HANDOVER, at, FIRST, terms))
    write(plan_many(asked=[asked]))
    record_many(decisions=[(case_id, routed.decision)], at=at)
    deadlines.leave(limits=dict.fromkeys([case_id], limits[finding.key]) if limits else {}, at=at)
    return Case.objects.get(pk=case_id)


def _route(findings: Iterable[Finding]) -> list[Routed]:
    found = list(findings)
    payers = {p.pk: p for p in Payer.objects.filter(pk=any_id(_ids(f.payer_id for f in found)))}
    facilities = {
        f.pk: f for f in Facility.objects.filter(pk=any_id(_ids(f.facility_id for f in found)))
    }
    subjects = [
        _subject(each, payers.get(each.payer_id or 0), facilities[each.facility_id])
        for each in found
    ]
    decisions = decide_many(subjects=subjects)
    return [Routed(*each) for each in zip(found, subjects, decisions, strict=True)]


def _subject(finding: Finding, payer: Payer | None, facility: Facility) -> Subject:
    return Subject(
        case_type=finding.case_type,
        code=finding.code,
        category=finding.category,
        amount=finding.amount,
        cycle=finding.cycle,
        payer_key=payer.key if payer else "",
        payer_class=payer.payer_class if payer else "",
        payer_is_known=payer is not None and payer.is_confirmed,
        facility_key=facility.key,
        facility_is_known=facility.key != UNASSIGNED,
        facts=finding.facts,
    )


def _open(routed: Sequence[Routed], *, by: User, at: datetime) -> dict[str, int]:
    """Make the cases that are not there; their ids by key."""
    keys = any_text(each.finding.key for each in routed)
    held = set(Case.objects.filter(key=keys).values_list("key", flat=True))
    missing = {each.finding.key: each for each in routed if each.finding.key not in held}
    if not missing:
        return {}
    started = starts(places={each.place for each in missing.values()}, at=at)
    limits = deadlines.limits_of(each.with_class for each in missing.values())
    made = services.insert_many(
        new=[
            NewCase(
                each.finding,
                each.decision.queue_id,
                *started[each.place].due,
                **deadlines.columns_of(limits.get(key)),
            )
            for key, each in missing.items()
        ],
        by=by,
        at=at,
    )
    opened = {case_id: missing[key].place for key, case_id in made.items()}
    start_many(opened=opened, started=started, at=at)
    record_many(
        decisions=[(case_id, missing[key].decision) for key, case_id in made.items()], at=at
    )
    deadlines.leave(limits={pk: limits[key] for key, pk in made.items() if key in limits}, at=at)
    return made


def _change(routed: Sequence[Routed], *, by: User, at: datetime) -> list[Written]:
    """Bring the cases that are there to what the findings say."""
    if not routed:
        return []
    by_key = {each.finding.key: each for each in routed}
    cases = list(
        Case.objects.select_for_update(of=("self",)).filter(key=any_text(by_key)).order_by("pk")
    )
    effects = [
        (case, by_key[case.key], effect)
        for case in cases
        if (effect := effect_of(case, by_key[case.key].finding)) is not None
    ]
    limits = deadlines.limits_of(
        each.with_class for case, each, _ in effects if deadlines.counts_anew(case, each.finding)
    )
    moved: list[tuple[Case, Routed]] = []
    for effect, verb in VERBS.items():
        chosen = [(case, each) for case, each, of in effects if of is effect]
        if chosen:
            wanted = _wanted(chosen, verb, limits)
            moving.move_many(wanted=wanted, verb=verb, by=by, at=at)
            moved += chosen if verb is not Verb.CLOSE else []
    counted = {case.pk: limits[case.key] for case, _, _ in effects if case.key in limits}
    deadlines.leave(limits=counted, at=at)
    _route_again([pair for pair in moved if _is_untouched(pair[0])], by=by, at=at)
    return [Written(case.pk, effect, each.finding.correlation_id) for case, each, effect in effects]


VERBS = {
    Effect.UPDATED: Verb.UPDATE,
    Effect.CLOSED: Verb.CLOSE,
    Effect.REOPENED: Verb.REOPEN,
}


def _wanted(
    chosen: Sequence[tuple[Case, Routed]], verb: Verb, limits: Mapping[str, Limit]
) -> list[Wanted]:
    wanted = []
    for case, each in chosen:
        changes = facts_of(each.finding) | deadlines.columns_of(limits.get(case.key))
        if verb is Verb.CLOSE:
            is_persons = case.status == CaseStatus.RESOLVED
            changes["disposition"] = case.disposition if is_persons else each.finding.disposition
        wanted.append(Wanted(case.pk, each.finding.reason, changes))
    return wanted


def _route_again(chosen: Sequence[tuple[Case, Routed]], *, by: User, at: datetime) -> None:
    """Send on cases that nobody has touched or moved, and whose facts now lead elsewhere.

    A finished one that comes back is everybody's again: the rules decide anew.
    """
    leaving = {case.pk: each for case, each in chosen if case.queue_id != each.decision.queue_id}
    standing = [case.pk for case, _each in chosen if case.status not in FINISHED]
    for pk in leaving.keys() & _moved_by_people(standing):
        del leaving[pk]
    if not leaving:
        return
    wanted = [
        Wanted(
            case_id,
            "Routed again: its facts changed before anybody took it.",
            {"queue_id": each.decision.queue_id},
        )
        for case_id, each in leaving.items()
    ]
    moving.move_many(wanted=wanted, verb=Verb.ROUTE, by=by, at=at)
    record_many(decisions=[(pk, each.decision) for pk, each in leaving.items()], at=at)


def _moved_by_people(case_ids: Sequence[int]) -> set[int]:
    """Those of the cases that no longer stand where the rules last put them."""
    last = RoutingDecision.objects.filter(case=OuterRef("pk")).order_by("-pk").values("queue")[:1]
    moved = Case.objects.filter(pk=any_id(case_ids)).exclude(queue=Subquery(last))
    return set(moved.values_list("pk", flat=True))


def facts_of(finding: Finding) -> dict[str, Any]:
    """What a finding says of the columns that hold facts."""
    return {
        "amount_at_risk": finding.amount,
        "details": finding.details.as_json(),
        "title": finding.title,
        "code": finding.code,
        "category": finding.category,
        "cycle": finding.cycle,
        "facility_id": finding.facility_id,
        "payer_id": finding.payer_id,
    }


def _is_decided_anew(case: Case, finding: Finding) -> bool:
    """Whether the case rests on another decision; each type's details name theirs in its words."""
    return finding.decision not in case.details.values()


def _is_changed(case: Case, finding: Finding) -> bool:
    return any(getattr(case, name) != value for name, value in facts_of(finding).items())


def _is_untouched(case: Case) -> bool:
    """Nobody owns or ever touched it: or a denial anew gave it back to everybody."""
    is_reopened = case.status in FINISHED
    is_waiting = case.status in CLAIMABLE and case.owner_id is None
    return is_reopened or (is_waiting and case.first_touched_at is None)


def _drafts(routed: Iterable[Routed]) -> Iterator[Draft]:
    """What people should be told once: codes, payers and facilities that nobody knows yet."""
    triage = Queue.objects.only("pk").get(key=TRIAGE).pk
    for each in routed:
        finding, subject = each.finding, each.subject
        for alarm in finding.alarms:
            yield Draft(NoticeKind(alarm.kind), alarm.key, alarm.text, triage)
        if finding.payer_id is not None and not subject.payer_is_known:
            text = f"Payer “{subject.payer_key}” is not confirmed: say who it is, then replay."
            yield Draft(NoticeKind.UNKNOWN_PAYER, f"payer:{finding.payer_id}", text, triage)
        if not subject.facility_is_known:
            text = "Some claims name a facility that no crosswalk knows."
            yield Draft(NoticeKind.UNKNOWN_FACILITY, "facility:unassigned", text, triage)


def _ids(ids: Iterable[int | None]) -> set[int]:
    return {each for each in ids if each is not None}
