"""The one way to change a case, and its set-wise twin.

Both lock, check the actor, the version and the table of moves, write with history and reason, and
record the move in the case's audit chain, in one transaction. What is written, `lifecycle.plan`
says.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import shared_columns
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.transactions import joining
from cases.work.lifecycle import MOVES, Verb, plan
from cases.work.models import Case
from cases.work.services.leasing import drop_leases, take_leases
from cases.work.sets import any_id
from cases.work.visibility import Standpoint, require_verb
from cases.work.words import LABELS, Names, differences, named_values

RECORDED = ("status", "queue_id", "owner_id", "disposition", "deferred_until", "cycle")
LEASED = frozenset({Verb.CLAIM, Verb.RESUME})


class ReasonMissing(DomainError):
    """A change of a case says why."""

    code = "reason_missing"


class StaleVersion(DomainError):
    """The case changed after the caller saw it (HTTP 409).

    `fields` holds `seen`, `current` and `differences`: per changed column what the caller saw, what
    it is now, and what the caller wanted it to be (None: nothing).
    """

    code = "stale_version"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One move of a set: which case, the columns given, why, and the version seen (None: any)."""

    case_id: int
    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    seen_version: int | None = None


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
    """Do one verb to a case and return it as it is now.

    Locks the case. `seen_version` is the version the caller saw; only systems may give None. Raises
    CaseNotFound, MayNotWork, ReasonMissing, StaleVersion, MoveRefused, AlreadyTaken.
    """
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    wanted = Wanted(locked.pk, reason, changes, seen_version)
    was = locked.status
    columns = _planned(locked, verb, wanted, by=by, at=at)
    _apply(locked, columns)
    _update(columns, [_row(locked, columns, wanted)], by=by)
    audit.record_many([_event(locked, verb, wanted, was)], by=by)
    _lease(verb, [locked], by=by)
    return locked


@joining
def move_many(*, wanted: Sequence[Wanted], verb: Verb, by: User, at: datetime) -> list[Case]:
    """Do one verb to many cases, all or none: the same outcome as `move` on each, set-wise.

    Locks the cases in the order of their keys. Raises what `move` raises.
    """
    by_id = {each.case_id: each for each in wanted}
    cases = list(
        Case.objects.select_for_update(of=("self",)).filter(pk=any_id(by_id)).order_by("pk")
    )
    was = {case.pk: case.status for case in cases}
    rows: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for case in cases:
        columns = _planned(case, verb, by_id[case.pk], by=by, at=at)
        _apply(case, columns)
        rows[frozenset(columns)].append(_row(case, columns, by_id[case.pk]))
    for names, batch in rows.items():
        _update(names, batch, by=by)
    audit.record_many((_event(c, verb, by_id[c.pk], was[c.pk]) for c in cases), by=by)
    _lease(verb, cases, by=by)
    return cases


def _planned(case: Case, verb: Verb, wanted: Wanted, *, by: User, at: datetime) -> dict[str, Any]:
    """The columns to write, after every check; what leads back is allowed where it leads to."""
    queue_id = wanted.changes.get("queue_id") if MOVES[verb].leads_back else None
    require_verb(by, Standpoint(queue_id or case.queue_id, case.facility_id), verb)
    if not wanted.reason.strip():
        message = "Say why: every change of a case has a reason."
        raise ReasonMissing(message)
    require_version(case, wanted, by=by)
    return plan(verb, case, by=by.pk, is_person=by.is_person, at=at, changes=wanted.changes)


def require_version(case: Case, wanted: Wanted, *, by: User) -> None:
    """Raises StaleVersion unless the caller saw the case as it is; a system need not."""
    seen = wanted.seen_version
    if seen == case.version or (seen is None and not by.is_person):
        return
    message = f"{case} was changed after you opened it. Nothing of yours was saved."
    raise StaleVersion(
        message,
        seen=seen,
        current=case.version,
        differences=_stale_differences(case, wanted) if seen is not None else [],
    )


def _stale_differences(case: Case, wanted: Wanted) -> list[dict[str, Any]]:
    now = {column: getattr(case, column) for column in LABELS}
    seen = case.history.filter(version=wanted.seen_version).values(*LABELS).order_by("pk").first()
    seen = seen or now
    names = Names([*named_values(now, seen), *wanted.changes.items()])
    return [
        {
            "label": each.label,
            "seen": each.old,
            "current": each.new,
            "yours": names.words(each.column, wanted.changes[each.column])
            if each.column in wanted.changes
            else None,
        }
        for each in differences(seen, now, names)
    ]


def _apply(case: Case, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(case, name, value)
    case.version += 1


UPDATE = sql.SQL(
    "WITH written AS ("
    " UPDATE cases_case AS c SET {assignments}"
    " FROM jsonb_populate_recordset(NULL::cases_case, %(rows)s) AS w"
    " WHERE c.id = w.id RETURNING c.*)"
    " INSERT INTO cases_historicalcase"
    " ({columns}, history_change_reason, history_type, history_user_id)"
    " SELECT {written}, r.reason, '~', %(by)s"
    " FROM written JOIN jsonb_to_recordset(%(rows)s) AS r (id bigint, reason text) USING (id)"
)


def _row(case: Case, columns: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    return {**columns, "id": case.pk, "version": case.version, "reason": wanted.reason.strip()}


def _update(names: Collection[str], rows: list[dict[str, Any]], *, by: User) -> None:
    """Write the same columns of cases, and their history, in one statement."""
    with connection.cursor() as cursor:
        statement = _statement(tuple(sorted(names)))
        cursor.execute(statement, {"rows": json.dumps(rows, default=str), "by": by.pk})


@cache
def _statement(names: tuple[str, ...]) -> str:
    columns = [sql.Identifier(name) for name in shared_columns(Case)]
    return UPDATE.format(
        columns=sql.SQL(", ").join(columns),
        written=sql.SQL(", ").join(sql.SQL("written.{}").format(column) for column in columns),
        assignments=sql.SQL(", ").join(
            sql.SQL("{0} = w.{0}").format(sql.Identifier(name)) for name in [*names, "version"]
        ),
    ).as_string()


def _event(case: Case, verb: Verb, wanted: Wanted, was: str) -> audit.Event:
    """What the audit chain keeps of a move: states, keys and amounts."""
    facts = {name: wanted.changes[name] for name in RECORDED if name in wanted.changes}
    facts |= {"from": was, "to": case.status, "version": case.version}
    return audit.Event(
        chain=f"case:{case.pk}",
        verb=f"case.{verb.value}",
        subject=f"case:{case.public_id}",
        reason=wanted.reason.strip(),
        facts=facts,
    )


def _lease(verb: Verb, cases: Sequence[Case], *, by: User) -> None:
    """Taking a case up is being at it; every other move ends that."""
    if verb in LEASED:
        take_leases(cases=cases, by=by)
    elif verb is not Verb.UPDATE:
        drop_leases(cases=cases)
