"""Reads shaped for the pages: worklists by keyset, counts that stop at a cap, neighbours.

Nothing counts a whole table: a queue's totals are maintained, everything else stops at `CAP`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.db import connection
from django.db.models import (
    Count,
    F,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)

from billing_portal.accounts.models import User
from cases.work.heads import heads
from cases.work.models import Case, Note, Queue
from cases.work.querysets import CaseQuerySet
from cases.work.steps import step_columns
from cases.work.visibility import scope_of
from integrations.canonical.models import Facility, Payer

CAP = 1_000
PAGE = 40
LARGE = Decimal("5000.00")
LONG_OVERDUE = timedelta(days=7)
PLACED_BY = "placed_by"
FACET_LIMIT = 150


class CappedCount(Subquery):
    """How many rows a queryset has, counting no further than the cap and one more."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, queryset: QuerySet[Any], cap: int = CAP) -> None:
        if not queryset.query.is_sliced:
            queryset = queryset.order_by()[: cap + 1]
        super().__init__(queryset.values("pk"))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: the value that its last row is sorted by, and that row's key."""

    value: str
    pk: int


@dataclass(frozen=True, slots=True)
class Sort:
    """An order that an index of open cases serves, ending in the key.

    The column may stand in a table beside the case; then so does the queue that its index begins
    with, and it is entered queue by queue.
    """

    key: str
    label: str
    column: str
    is_descending: bool = False

    def order(self) -> tuple[str, str]:
        """For `order_by`."""
        return (f"-{self.column}" if self.is_descending else self.column, "pk")

    def after(self, cases: CaseQuerySet, position: Position) -> CaseQuerySet:
        """The rows that come after a position.

        The bound stands by itself, so that an index is entered there however deep the page is.
        """
        beyond = "lt" if self.is_descending else "gt"
        return cases.filter(
            Q(**{f"{self.column}__{beyond}e": position.value})
            & (Q(**{f"{self.column}__{beyond}": position.value}) | Q(pk__gt=position.pk))
        )

    def position_of(self, case: Case) -> Position:
        """The position of a row that was read with `listed`."""
        value = vars(case)[PLACED_BY]
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        return Position(text, case.pk)


SORTS = {
    sort.key: sort
    for sort in (
        Sort("due", "Due soonest", "resolve_due_at"),
        Sort("amount", "Largest amount", "amount_at_risk", is_descending=True),
        Sort("age", "Oldest", "opened_at"),
        Sort("score", "Best next", "rank__score", is_descending=True),
    )
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, and where the reader's day and week end."""

    now: datetime
    day_ends: datetime

    @property
    def week_ends(self) -> datetime:
        """Seven days on."""
        return self.day_ends + timedelta(days=6)


def views(*, reader: User, moment: Moment) -> dict[str, Q]:
    """The views of a worklist, by key: each a condition on open cases."""
    return {
        "mine": Q(owner=reader),
        "unassigned": Q(owner=None),
        "today": Q(resolve_due_at__gte=moment.now, resolve_due_at__lt=moment.day_ends),
        "overdue": overdue(moment.now),
        "large": Q(amount_at_risk__gt=LARGE),
        "open": Q(),
    }


def overdue(now: datetime) -> Q:
    """The same condition as `Case.objects.overdue(now=now)`."""
    return Q(resolve_due_at__lt=now) | Q(first_touched_at=None, first_touch_due_at__lt=now)


def parts(cases: QuerySet[Any], view: str, condition: Q, *, now: datetime) -> list[QuerySet[Any]]:
    """The cases of a view, in parts that share none and are each one stretch of an index.

    Of cases, or of the narrow rows that stand for the open ones.
    """
    if view != "overdue":
        return [cases.filter(condition)]
    return [
        cases.filter(resolve_due_at__lt=now),
        cases.filter(resolve_due_at__gte=now, first_touched_at=None, first_touch_due_at__lt=now),
    ]


def bands(moment: Moment) -> dict[str, Q]:
    """The bands of due times that a worklist is grouped by, in order."""
    long_ago = moment.now - LONG_OVERDUE
    return {
        "long": Q(resolve_due_at__lt=long_ago),
        "late": Q(resolve_due_at__gte=long_ago, resolve_due_at__lt=moment.now),
        "today": Q(resolve_due_at__gte=moment.now, resolve_due_at__lt=moment.day_ends),
        "week": Q(resolve_due_at__gte=moment.day_ends, resolve_due_at__lt=moment.week_ends),
        "later": Q(resolve_due_at__gte=moment.week_ends),
    }


def band_of(due: datetime, moment: Moment) -> str:
    """The band that a due time falls in."""
    edges = (
        ("long", moment.now - LONG_OVERDUE),
        ("late", moment.now),
        ("today", moment.day_ends),
        ("week", moment.week_ends),
    )
    return next((key for key, edge in edges if due < edge), "later")


def listed(
    cases: CaseQuerySet,
    *,
    sort: Sort,
    after: Position | None,
    size: int,
    queues: Collection[int] = (),
) -> list[Case]:
    """One page of a worklist and one row more, with all that a row shows. One query.

    The keys are found first, from indexes alone: with `queues` by one scan for each of these. So
    the statement's plan is the same whatever is bound to it, and is kept.
    """
    page = cases if after is None else sort.after(cases, after)
    found = heads(page, queues=queues, order=sort.order(), size=size + 1)
    shown = Case.objects.filter(found).for_list()
    rows = shown.annotate(**step_columns(), **{PLACED_BY: F(sort.column)})
    return list(rows.order_by(*sort.order()))


def counts(
    reader: User, conditions: Mapping[str, QuerySet[Any] | Sequence[QuerySet[Any]]]
) -> dict[str, int]:
    """How many rows each queryset has, up to the cap; of several that share none, the sum.

    One query.
    """
    columns = [
        reduce(add, map(CappedCount, each)) if isinstance(each, Sequence) else CappedCount(each)
        for each in conditions.values()
    ]
    row: Any = User.objects.filter(pk=reader.pk).values_list(*columns).get()
    return dict(zip(conditions, row, strict=True))


@dataclass(frozen=True, slots=True)
class QueueTotal:
    """A queue as its worklists head it; maintained, so it costs the same at any size."""

    pk: int
    key: str
    name: str
    purpose: str
    open_cases: int
    open_amount: Decimal


# Made first and whole: few rows, which through an index would cost a page each.
TOTALS = """
WITH counted AS MATERIALIZED (
    SELECT queue_id, facility_id, cases, amount FROM cases_queuecount WHERE bucket = 'open'
    UNION ALL
    SELECT queue_id, facility_id, cases, amount FROM cases_countdelta WHERE bucket = 'open')
SELECT queue.id, queue.key, queue.name, queue.purpose,
       coalesce(total.cases, 0), coalesce(total.amount, 0)
FROM cases_queue AS queue LEFT JOIN (
    SELECT queue_id, sum(cases) AS cases, sum(amount) AS amount
    FROM counted WHERE facility_id = ANY(%(facilities)s)
    GROUP BY queue_id) AS total ON total.queue_id = queue.id
WHERE queue.is_active AND queue.id = ANY(%(queues)s)
ORDER BY queue.position, queue.name, queue.id
"""


def queue_totals(reader: User) -> list[QueueTotal]:
    """The queues a reader may see, with what stands open in them at the reader's facilities.

    Folded counts and the deltas not folded yet, read in one statement. One query.
    """
    scope = scope_of(reader)
    with connection.cursor() as cursor:
        cursor.execute(
            TOTALS, {"facilities": sorted(scope.facilities), "queues": sorted(scope.queues)}
        )
        return [
            QueueTotal(pk, key, name, purpose, int(cases), amount)
            for pk, key, name, purpose, cases, amount in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to filter by."""

    kind: str
    value: str
    label: str


def choices(reader: User, *others: QuerySet[Any, Any]) -> list[Choice]:
    """The payers and the reader's facilities to filter by, by name, and what else. One query.

    `others` give a kind, a value and a label, too.
    """
    scope = scope_of(reader)
    payers = (
        Payer.objects.annotate(kind=Value("payer", output_field=TextField()))
        .order_by("name", "pk")
        .values_list("kind", "key", "name")[:FACET_LIMIT]
    )
    facilities = (
        Facility.objects.filter(pk__in=scope.facilities)
        .annotate(kind=Value("facility", output_field=TextField()), value=F("key"))
        .order_by("name", "pk")
        .values_list("kind", "value", "name")[:FACET_LIMIT]
    )
    return [Choice(*row) for row in payers.union(facilities, *others, all=True)]


def same_claim(reader: User, case: Case, *, limit: int = 20) -> list[Case]:
    """Other cases of the same claim."""
    if case.claim_id is None:
        return []
    found = Case.objects.visible_to(reader).filter(claim=case.claim_id).exclude(pk=case.pk)
    return list(found.for_list().order_by("-opened_at", "pk")[:limit])


def same_patient(reader: User, case: Case, *, limit: int = 20) -> list[Case]:
    """Cases of other claims of the same patient."""
    if case.claim is None or case.claim.patient_id is None:
        return []
    found = (
        Case.objects.visible_to(reader)
        .filter(claim__patient=case.claim.patient_id)
        .exclude(claim=case.claim_id)
    )
    return list(found.for_list().order_by("-opened_at", "pk")[:limit])


def like_this(reader: User, case: Case, *, limit: int = 4) -> list[Case]:
    """Open cases of the same queue, payer and reason, soonest due first."""
    found = (
        Case.objects.visible_to(reader)
        .open()
        .filter(queue=case.queue_id, payer=case.payer_id, code=case.code)
        .exclude(pk=case.pk)
    )
    return list(found.for_list().order_by("resolve_due_at", "pk")[:limit])


def last_words(case: Case, *, by: User, since: datetime) -> str:
    """The last that somebody wrote on a case since a time; empty when another wrote later."""
    newest = Note.objects.filter(case=case, written_at__gte=since).order_by("-pk").first()
    return newest.text if newest is not None and newest.author_id == by.pk else ""


def total_of(cases: QuerySet[Case]) -> tuple[int, Decimal]:
    """How many cases, and their amount at risk; counted whole, so only for what was selected."""
    found = cases.order_by().aggregate(many=Count("pk"), amount=Sum("amount_at_risk"))
    return found["many"], found["amount"] or Decimal(0)


def workers_of_any(queue_ids: Iterable[int]) -> QuerySet[User]:
    """The people who may be given the cases of some of these queues."""
    return (
        User.objects.filter(
            is_active=True,
            groups__queuegroupobjectpermission__content_object__in=set(queue_ids),
            groups__queuegroupobjectpermission__permission__codename="work_queue",
        )
        .distinct()
        .order_by("full_name", "username", "pk")
    )


def workers_of(queue: Queue) -> QuerySet[User]:
    """The people who may be given a queue's cases."""
    return (
        User.objects.filter(
            is_active=True,
            groups__queuegroupobjectpermission__content_object=queue,
            groups__queuegroupobjectpermission__permission__codename="work_queue",
        )
        .distinct()
        .order_by("full_name", "username", "pk")
    )
