"""Moving cases so that their clocks follow: what every verb, sweep and finding calls.

`CLOCKS` says what each verb does to the clocks of its case. The first touch of a person needs no
row of its own: the table of moves knows which verbs touch. The due times that a case carries are
those of its clocks, whatever a caller gives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.transactions import joining
from cases.actions import telling
from cases.approvals import services as approvals
from cases.sla import services as sla
from cases.sla.clock_rules import Ask
from cases.sla.vocabulary import Clock, ClockEffect, EventKind, PauseReason
from cases.work import services
from cases.work.lifecycle import DUE, MOVES, CaseStatus, Verb
from cases.work.models import Case
from cases.work.services import Wanted
from cases.work.sets import any_id

CLOCKS: dict[Verb, ClockEffect] = {
    Verb.CLAIM: ClockEffect.NONE,
    Verb.ASSIGN: ClockEffect.RESUME,
    Verb.RELEASE: ClockEffect.NONE,
    Verb.TRANSFER: ClockEffect.HANDOVER,
    Verb.ROUTE: ClockEffect.RETARGET,
    Verb.DEFER: ClockEffect.PAUSE,
    Verb.RETURN: ClockEffect.RESUME,
    Verb.WAIT_PAYER: ClockEffect.PAUSE,
    Verb.WAIT_INFO: ClockEffect.PAUSE,
    Verb.APPEAL: ClockEffect.RETARGET,
    Verb.FOLLOW_UP: ClockEffect.RESUME,
    Verb.RESUME: ClockEffect.RESUME,
    Verb.UPDATE: ClockEffect.REMEASURE,
    Verb.REQUEST_APPROVAL: ClockEffect.RESUME,
    Verb.DECIDED: ClockEffect.NONE,
    Verb.GRANT: ClockEffect.STOP,
    Verb.VOID: ClockEffect.CANCEL,
    Verb.RESOLVE: ClockEffect.STOP,
    Verb.CLOSE: ClockEffect.STOP,
    Verb.REOPEN: ClockEffect.START,
    Verb.MERGE: ClockEffect.CANCEL,
    Verb.ABSORB: ClockEffect.NONE,
    Verb.SPLIT: ClockEffect.NONE,
    Verb.GIVE_BACK: ClockEffect.CANCEL,
    Verb.UNDO: ClockEffect.UNDO,
}
AMENDING = frozenset(
    {
        Verb.UPDATE,
        Verb.VOID,
        Verb.RESOLVE,
        Verb.CLOSE,
        Verb.REOPEN,
        Verb.MERGE,
        Verb.ABSORB,
        Verb.SPLIT,
        Verb.GIVE_BACK,
        Verb.UNDO,
    }
)
"""What may change what an approval was asked or given for."""
APPROVALS = "approvals"
PAUSES = {
    Verb.WAIT_PAYER: PauseReason.PAYER,
    Verb.WAIT_INFO: PauseReason.INFO,
    Verb.DEFER: PauseReason.DEFERRED,
}
PLACED = frozenset(
    {ClockEffect.START, ClockEffect.HANDOVER, ClockEffect.RETARGET, ClockEffect.REMEASURE}
)
UNPLANNED = frozenset({ClockEffect.NONE, ClockEffect.STOP, ClockEffect.CANCEL})
PLACE = ("queue_id", "facility_id", "case_type", "payer_id")


@joining
def move(
    *,
    case: Case,
    verb: Verb,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int | None,
    **changes: Any,
) -> Case:
    """Do one verb to a case; its clocks follow. Raises what `cases.work.services.move` raises."""
    wanted = Wanted(case.pk, reason, changes, seen_version)
    turn, [told] = _follow([wanted], verb, at=at)
    moved = services.move(
        case=case, verb=verb, by=by, reason=reason, at=at, seen_version=seen_version, **told.changes
    )
    sla.write(turn)
    stop(cases=[moved], verb=verb, by=by, at=at)
    telling.of_moves(cases=[moved], verb=verb, by=by)
    return overtake([moved], at=at)[0] if verb in AMENDING else moved


@joining
def move_many(*, wanted: Sequence[Wanted], verb: Verb, by: User, at: datetime) -> list[Case]:
    """Do one verb to many cases, all or none; their clocks follow, set-wise."""
    turn, told = _follow(wanted, verb, at=at)
    moved = services.move_many(wanted=told, verb=verb, by=by, at=at)
    sla.write(turn)
    stop(cases=moved, verb=verb, by=by, at=at)
    telling.of_moves(cases=moved, verb=verb, by=by)
    return overtake(moved, at=at) if verb in AMENDING else moved


def overtake(cases: Sequence[Case], *, at: datetime) -> list[Case]:
    """Void the requests for approval that what cases are now has overtaken; the cases after that.

    What was granted for a case that is closed is settled: it was done. A case that waited for a
    voided request goes back to work.
    """
    by, keys = system_actor(APPROVALS), [case.pk for case in cases]
    voided = approvals.overtake_many(case_ids=keys, by=by, at=at)
    if not voided:
        return list(cases)
    back = [
        Wanted(each.case_id, f"{each} is void: {each.verdict}")
        for each in voided
        if each.case.status == CaseStatus.PENDING_APPROVAL
    ]
    after = {case.pk: case for case in move_many(wanted=back, verb=Verb.DECIDED, by=by, at=at)}
    telling.of_voided(voided)
    return [after.get(case.pk, case) for case in cases]


def stop(*, cases: Sequence[Case], verb: Verb, by: User, at: datetime) -> None:
    """Stop the clocks that a verb stops: all of a case that ends, the first touch of a person's.

    A first touch that a case no longer needs is neither met nor missed.
    """
    endings = endings_of(verb, is_person=by.is_person)
    sla.end_many(cases={case.pk: case.version for case in cases}, endings=endings, at=at)


def endings_of(verb: Verb, *, is_person: bool) -> dict[Clock, EventKind]:
    """How a verb ends clocks."""
    effect, touched = CLOCKS[verb], MOVES[verb].touches and is_person
    endings = {Clock.FIRST_TOUCH: EventKind.STOP} if touched else {}
    if effect is ClockEffect.STOP:
        return {Clock.FIRST_TOUCH: EventKind.CANCEL, Clock.RESOLVE: EventKind.STOP} | endings
    if effect is ClockEffect.CANCEL:
        return dict.fromkeys(Clock, EventKind.CANCEL)
    return endings


@dataclass(frozen=True, slots=True)
class _Held:
    """What clocks must know of a locked case."""

    version: int
    place: sla.Place
    due: Mapping[str, datetime]


def _follow(wanted: Sequence[Wanted], verb: Verb, *, at: datetime) -> tuple[sla.Turn, list[Wanted]]:
    """What follows for the clocks, and the moves with the due times that come of it."""
    effect = CLOCKS[verb]
    if effect in UNPLANNED:
        return sla.Turn(), list(wanted)
    held = _lock([each.case_id for each in wanted])
    places = {
        each.case_id: _place(held[each.case_id], each.changes)
        for each in wanted
        if verb is not Verb.UPDATE or _is_elsewhere(held[each.case_id], each.changes)
    }
    terms = sla.terms_for(places=set(places.values())) if effect in PLACED and places else {}
    turn = sla.plan_many(
        asked=[
            sla.Asked(
                pk,
                Ask(effect, at, held[pk].version + 1, terms.get(place, {}), PAUSES.get(verb)),
            )
            for pk, place in places.items()
        ]
    )
    needed = MOVES[verb].needs & DUE
    told = [
        replace(
            each,
            changes=dict(each.changes)
            | {name: held[each.case_id].due[name] for name in needed}
            | dict(turn.due.get(each.case_id, {})),
        )
        for each in wanted
    ]
    return turn, told


def _lock(case_ids: Sequence[int]) -> dict[int, _Held]:
    """Lock cases, in the order of their keys."""
    rows = (
        Case.objects.select_for_update(of=("self",))
        .filter(pk=any_id(case_ids))
        .order_by("pk")
        .values("pk", "version", *PLACE, *DUE)
    )
    return {
        row["pk"]: _Held(
            row["version"],
            sla.Place(*(row[name] for name in PLACE)),
            {name: row[name] for name in DUE},
        )
        for row in rows
    }


def _place(held: _Held, changes: Mapping[str, Any]) -> sla.Place:
    moved = {name: changes[name] for name in PLACE if name in changes}
    return held.place._replace(**moved)


def _is_elsewhere(held: _Held, changes: Mapping[str, Any]) -> bool:
    return _place(held, changes) != held.place
