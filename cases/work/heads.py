"""The keys of a page: those of its first cases, found before anything else of them is read.

A list of many queues in one order has no index of its own; each queue has. So each gives as many
keys as the page has rows, from its index alone, and only the rows of the page are fetched.
"""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Expression, F, Func, Q, Subquery, Value

from cases.work.querysets import CaseQuerySet

AMONG, TRUTH = "%(expressions)s", BooleanField()


class _HeadOf(Expression):
    """The queue whose head is being read."""

    output_field = BigIntegerField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A column of the list of queues."""
        return '"head_of"."id"', ()


class _Heads(Subquery):
    """An array of the keys; the queues come as one array parameter."""

    output_field = BigIntegerField()
    template = (
        '(ARRAY(SELECT pk FROM unnest(%%s::bigint[]) AS "head_of" (id)'
        " CROSS JOIN LATERAL (%(subquery)s) AS head (value, pk)"
        " ORDER BY value %(direction)s, pk LIMIT %(size)s))"
    )

    def __init__(self, keys: Any, *, queues: Collection[int], direction: str, size: int) -> None:
        self.queues = Value(sorted(queues), output_field=ArrayField(BigIntegerField()))
        super().__init__(keys, direction=direction, size=size)

    def as_sql(self, compiler: Any, connection: Any, *how: Any, **options: Any) -> tuple[str, Any]:
        """The array parameter stands before those of the subquery."""
        _sql, queues = compiler.compile(self.queues)
        sql, parameters = super().as_sql(compiler, connection, *how, **options)
        return sql, (*queues, *parameters)


def heads(cases: CaseQuerySet, *, queues: Collection[int], order: tuple[str, str], size: int) -> Q:
    """The condition of being among the first `size` of these cases, over all of these queues.

    `order` is what `order_by` takes: a column, "-" before it when it falls, and the key. A column
    beside the case is read by the queue that stands there with it. Compared with an array, which is
    made first, so that no join is tried before it. With no queues the keys are those of one scan.
    """
    found = _merged(cases, queues, order, size) if queues else _first(cases, order, size)
    return Q(Func(F("pk"), found, template=AMONG, arg_joiner=" = ANY", output_field=TRUTH))


def _first(cases: CaseQuerySet, order: tuple[str, str], size: int) -> ArraySubquery:
    keys = cases.order_by(*order).values("pk")[:size]
    return ArraySubquery(keys, template="(ARRAY(%(subquery)s))")


def _merged(
    cases: CaseQuerySet, queues: Collection[int], order: tuple[str, str], size: int
) -> _Heads:
    column = order[0].removeprefix("-")
    beside, _, _ = column.rpartition("__")
    queue = f"{beside}__queue" if beside else "queue"
    keys = cases.filter(**{queue: _HeadOf()}).order_by(*order).values_list(column, "pk")[:size]
    direction = "DESC" if order[0].startswith("-") else "ASC"
    return _Heads(keys, queues=queues, direction=direction, size=size)
