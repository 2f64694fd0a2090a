"""Claim-next, and who is at which case right now.

A lease says that somebody is working a case this moment; the owner says whose it is. A lease ends
by itself and takes nothing with it: an owned case stays its owner's, and its lead sees it idle.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import shared_columns
from cases.work.lifecycle import CLAIMABLE, CaseStatus, Verb
from cases.work.models import Case, Lease, Queue
from cases.work.sets import any_id
from cases.work.visibility import WORK_QUEUE, scope_of

SHORTEST = timedelta(minutes=20)
WARNING = timedelta(minutes=2)
REASON = "Took the next case."

# The queue whose first case is due first gives the case; within it, the first that nobody holds.
# One index scan per queue, and no waiting: a case that somebody is just claiming is passed over.
CLAIM = sql.SQL(
    "WITH heads AS ("
    " SELECT queue.id AS queue_id, head.due, head.amount"
    " FROM unnest(%(queues)s::bigint[]) AS queue (id) CROSS JOIN LATERAL ("
    "  SELECT resolve_due_at AS due, amount_at_risk AS amount FROM cases_case"
    "  WHERE queue_id = queue.id AND {claimable} ORDER BY {order} LIMIT 1) AS head"
    " ORDER BY head.due, head.amount DESC),"
    " next AS ("
    " SELECT free.id FROM heads CROSS JOIN LATERAL ("
    "  SELECT id FROM cases_case WHERE queue_id = heads.queue_id AND {claimable}"
    "  ORDER BY {order} LIMIT 1 FOR UPDATE SKIP LOCKED) AS free LIMIT 1),"
    " written AS ("
    " UPDATE cases_case AS c SET status = {in_work}, owner_id = %(by)s, version = c.version + 1,"
    " first_touched_at = coalesce(c.first_touched_at, %(at)s)"
    " FROM next WHERE c.id = next.id RETURNING c.*),"
    " lease AS ("
    " INSERT INTO cases_lease (case_id, holder_id, until)"
    " SELECT id, %(by)s, clock_timestamp() + %(length)s FROM written"
    " ON CONFLICT (case_id) DO UPDATE SET holder_id = EXCLUDED.holder_id, until = EXCLUDED.until)"
    " INSERT INTO cases_historicalcase"
    " ({columns}, history_change_reason, history_type, history_user_id)"
    " SELECT {columns}, %(reason)s, '~', %(by)s FROM written"
    " RETURNING id"
)
CLAIMABLE_SQL = sql.SQL(
    "owner_id IS NULL AND status IN ({statuses}) AND facility_id = ANY(%(facilities)s::bigint[])"
).format(statuses=sql.SQL(", ").join(map(sql.Literal, sorted(CLAIMABLE))))


@transaction.atomic
def claim_next(*, by: User, at: datetime, queues: Iterable[Queue] | None = None) -> Case | None:
    """Give somebody the next case of the queues they may work, or of some of them.

    Order: due first, then the larger amount. No case is given twice, and nobody waits for anybody.
    The case becomes theirs, touched and leased. None: nothing waits.
    """
    statement = CLAIM.format(
        columns=sql.SQL(", ").join(map(sql.Identifier, shared_columns(Case))),
        claimable=CLAIMABLE_SQL,
        order=sql.SQL("resolve_due_at, amount_at_risk DESC, id"),
        in_work=sql.Literal(CaseStatus.IN_WORK.value),
    )
    parameters = {
        "queues": sorted(_workable(by, queues)),
        "facilities": sorted(scope_of(by).facilities),
        "by": by.pk,
        "at": at,
        "reason": REASON,
        "length": lease_length(),
    }
    case_id = _first_value(statement, parameters)
    if case_id is None:
        return None
    case = Case.objects.for_list().get(pk=case_id)
    audit.record(
        chain=f"case:{case.pk}",
        verb=f"case.{Verb.CLAIM.value}",
        subject=f"case:{case.public_id}",
        by=by,
        reason=REASON,
        to=case.status,
        version=case.version,
        next=True,
    )
    return case


def lease_length() -> timedelta:
    """How long a case is held: never shorter than a session may idle, with its warning."""
    return max(SHORTEST, timedelta(minutes=settings.SESSION_IDLE_MINUTES) + WARNING)


def take_leases(*, cases: Sequence[Case], by: User) -> None:
    """Say that somebody is at these cases, from now on; whoever was before is no longer."""
    _execute(
        "INSERT INTO cases_lease (case_id, holder_id, until)"
        " SELECT id, %(by)s, clock_timestamp() + %(length)s"
        " FROM unnest(%(cases)s::bigint[]) AS taken (id) ON CONFLICT (case_id)"
        " DO UPDATE SET holder_id = EXCLUDED.holder_id, until = EXCLUDED.until",
        {"cases": [case.pk for case in cases], "by": by.pk, "length": lease_length()},
    )


def renew_lease(*, case: Case, by: User) -> bool:
    """Extend the lease of a case that somebody holds; whether they still do."""
    return bool(
        _execute(
            "UPDATE cases_lease SET until = clock_timestamp() + %(length)s"
            " WHERE case_id = %(case)s AND holder_id = %(by)s AND until > clock_timestamp()",
            {"case": case.pk, "by": by.pk, "length": lease_length()},
        )
    )


def drop_lease(*, case: Case) -> None:
    """Nobody is at this case any more."""
    drop_leases(cases=[case])


def drop_leases(*, cases: Sequence[Case]) -> None:
    """Nobody is at these cases any more."""
    Lease.objects.filter(case_id=any_id(case.pk for case in cases)).delete()


def release_leases() -> int:
    """Remove leases that have ended; returns how many. Whose the cases are does not change."""
    return _execute("DELETE FROM cases_lease WHERE until <= clock_timestamp()", {})


def _workable(by: User, queues: Iterable[Queue] | None) -> frozenset[int]:
    """Of these queues (all, if None) those that somebody may both see and work."""
    may = scope_ids(by, WORK_QUEUE) & scope_of(by).queues
    return may if queues is None else may & {queue.pk for queue in queues}


def _first_value(statement: sql.Composed, parameters: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def _execute(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
