"""The next case: found, locked, taken, leased and recorded by one statement.

Order: the deadline guard, soonest due first; one's own ticklers that came back; the rest by score.
Within a band, cases of patients whose other cases one has in hand come first. Left out are queues
of which one has one's hands full or where people pick freely, what one is not skilled for, and what
one passed over today. No waiting: a case that somebody is just taking is passed over.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from psycopg import sql

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import shared_columns
from billing_portal.kernel.pure.correlation import current_id
from cases.priority.models import Band
from cases.work.lifecycle import CLAIMABLE, OWNED, CaseStatus, Verb
from cases.work.models import Case, Queue, Take
from cases.work.services import lease_length
from cases.work.visibility import WORK_QUEUE, scope_of

REASON = "Took the next case."

ALLOWED = sql.SQL(
    "skilled AS MATERIALIZED ("
    " SELECT array_agg(category) FILTER (WHERE category <> '') AS categories,"
    "  array_agg(payer_id) FILTER (WHERE payer_id IS NOT NULL) AS payers"
    " FROM cases_skill WHERE person_id = %(by)s OR group_id IN ("
    "  SELECT group_id FROM accounts_membership WHERE user_id = %(by)s)),"
    " passed AS MATERIALIZED ("
    " SELECT coalesce(array_agg(case_id), '{{}}') AS cases FROM cases_skip"
    ' WHERE person_id = %(by)s AND "on" = %(today)s),'
    " offered AS MATERIALIZED ("
    " SELECT q.id FROM cases_queue AS q"
    " LEFT JOIN cases_capacity AS own ON own.queue_id = q.id AND own.person_id = %(by)s"
    " WHERE q.id = ANY (%(queues)s::bigint[]) AND q.take <> {free}"
    " AND coalesce(coalesce(own.cases, q.capacity) > ("
    "  SELECT count(*) FROM cases_rank AS r WHERE r.owner_id = %(by)s AND r.queue_id = q.id"
    "  AND r.status IN ({owned})), true))"
)
FITS = sql.SQL(
    "r.facility_id = ANY (%(facilities)s::bigint[])"
    " AND NOT c.id = ANY ((SELECT cases FROM passed)::bigint[])"
    " AND coalesce(c.category = ANY ((SELECT categories FROM skilled)::text[]), true)"
    " AND coalesce(c.payer_id = ANY ((SELECT payers FROM skilled)::bigint[]), true)"
)
FREE = sql.SQL("r.is_claimable AND c.owner_id IS NULL AND c.status IN ({claimable}) AND {fits}")
# The first of a band in the queue whose first it is; one index scan per queue.
BY_QUEUE = sql.SQL(
    "(SELECT free.id, {band} AS band FROM ("
    "  SELECT offered.id, head.* FROM offered CROSS JOIN LATERAL ("
    "   SELECT r.due_at, r.score FROM cases_rank AS r"
    "   WHERE r.queue_id = offered.id AND r.is_claimable AND r.band = {band}"
    "   AND r.facility_id = ANY (%(facilities)s::bigint[]) ORDER BY {order}, r.case_id LIMIT 1"
    "  ) AS head ORDER BY {heads}) AS queue CROSS JOIN LATERAL ("
    "  SELECT c.id FROM cases_rank AS r JOIN cases_case AS c ON c.id = r.case_id"
    "  WHERE r.queue_id = queue.id AND r.band = {band} AND {free}"
    "  ORDER BY {order}, r.case_id LIMIT 1 FOR UPDATE OF c SKIP LOCKED) AS free LIMIT 1)"
)
OF_PATIENTS = sql.SQL(
    "(SELECT c.id, {band} AS band FROM cases_rank AS r JOIN cases_case AS c ON c.id = r.case_id"
    " WHERE r.patient_id IN (SELECT held.patient_id FROM cases_rank AS held"
    "  WHERE held.owner_id = %(by)s AND held.patient_id IS NOT NULL LIMIT 50)"
    " AND r.queue_id IN (SELECT id FROM offered) AND r.band = {band} AND {free}"
    " ORDER BY {order}, r.case_id LIMIT 1 FOR UPDATE OF c SKIP LOCKED)"
)
RETURNED = sql.SQL(
    "(SELECT c.id, {tickler} AS band FROM cases_rank AS r JOIN cases_case AS c ON c.id = r.case_id"
    " WHERE r.owner_id = %(by)s AND r.is_returned AND r.queue_id = ANY (%(queues)s::bigint[])"
    " AND c.owner_id = %(by)s AND c.status = {assigned} AND {fits}"
    " ORDER BY r.score DESC, r.case_id LIMIT 1 FOR UPDATE OF c SKIP LOCKED)"
)
ARM = sql.SQL("SELECT id, band FROM {} AS arm")
CLAIM = sql.SQL(
    "WITH {allowed}, next AS (SELECT id, band FROM ({arms}) AS found LIMIT 1),"
    " written AS ("
    " UPDATE cases_case AS c SET status = {in_work}, owner_id = %(by)s, version = c.version + 1,"
    " first_touched_at = coalesce(c.first_touched_at, %(at)s)"
    " FROM next WHERE c.id = next.id RETURNING c.*, next.band),"
    " lease AS ("
    " INSERT INTO cases_lease (case_id, holder_id, until)"
    " SELECT id, %(by)s, clock_timestamp() + %(length)s FROM written"
    " ON CONFLICT (case_id) DO UPDATE SET holder_id = EXCLUDED.holder_id, until = EXCLUDED.until),"
    " event AS ("
    " INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)"
    " SELECT 'case:' || id, {verb}, 'case:' || public_id, %(reason)s,"
    '  format(\'{{"band":%%s,"next":true,"to":"%%s","version":%%s}}\', band, status, version),'
    "  %(correlation_id)s, %(by)s FROM written),"
    " history AS ("
    " INSERT INTO cases_historicalcase"
    " ({kept}, history_change_reason, history_type, history_user_id)"
    " SELECT {kept}, %(reason)s, '~', %(by)s FROM written)"
    " SELECT {columns} FROM written"
)


def claim_next(*, by: User, at: datetime, queues: Iterable[Queue] | None = None) -> Case | None:
    """Give somebody the next case of the queues they may work, or of some of them.

    No case is given twice, and nobody waits for anybody. The case becomes theirs, touched, leased,
    with history and audit. None: nothing waits that they could take.
    """
    parameters = {
        "queues": sorted(_workable(by, queues)),
        "facilities": sorted(scope_of(by).facilities),
        "by": by.pk,
        "at": at,
        "today": house_day(at),
        "reason": REASON,
        "length": lease_length(),
        "correlation_id": current_id(),
    }
    return next(iter(Case.objects.raw(_statement(), parameters)), None)


@cache
def _statement() -> str:
    free = FREE.format(claimable=_literals(CLAIMABLE), fits=FITS)
    guard = {
        "band": sql.Literal(Band.GUARD.value),
        "order": sql.SQL("r.due_at"),
        "heads": sql.SQL("head.due_at"),
        "free": free,
    }
    score = {
        "band": sql.Literal(Band.SCORE.value),
        "order": sql.SQL("r.score DESC"),
        "heads": sql.SQL("head.score DESC"),
        "free": free,
    }
    returned = RETURNED.format(
        tickler=sql.Literal(Band.TICKLER.value),
        assigned=sql.Literal(CaseStatus.ASSIGNED.value),
        fits=FITS,
    )
    arms = (
        OF_PATIENTS.format(**guard),
        BY_QUEUE.format(**guard),
        returned,
        OF_PATIENTS.format(**score),
        BY_QUEUE.format(**score),
    )
    fields = Case._meta.concrete_fields
    return CLAIM.format(
        allowed=ALLOWED.format(free=sql.Literal(Take.FREE.value), owned=_literals(OWNED)),
        arms=sql.SQL(" UNION ALL ").join(map(ARM.format, arms)),
        in_work=sql.Literal(CaseStatus.IN_WORK.value),
        verb=sql.Literal(f"case.{Verb.CLAIM.value}"),
        kept=sql.SQL(", ").join(map(sql.Identifier, shared_columns(Case))),
        columns=sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
    ).as_string()


def _literals(statuses: Iterable[CaseStatus]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Literal(status.value) for status in sorted(statuses))


def _workable(by: User, queues: Iterable[Queue] | None) -> frozenset[int]:
    """Of these queues (all, if None) those that somebody may both see and work."""
    may = scope_ids(by, WORK_QUEUE) & scope_of(by).queues
    return may if queues is None else may & {queue.pk for queue in queues}
