"""The only writers of batches and their rows. What is done to the cases, the actions do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.bulk.models import Batch, BatchRow, BatchStatus, BulkVerb, RowOutcome, Why
from cases.work.models import Case
from cases.work.visibility import scope_of

MOST = 20_000


class SelectionRefused(DomainError):
    """Nothing was selected, or too much at once."""

    code = "selection_refused"


class BatchRefused(DomainError):
    """The batch is done already, or cannot be undone."""

    code = "batch_refused"


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one row."""

    row_id: int
    outcome: RowOutcome
    why: Why = Why.NONE
    version: int | None = None
    words: str = ""


@transaction.atomic
def freeze(
    *,
    cases: QuerySet[Case],
    query: str,
    verb: BulkVerb,
    arguments: Mapping[str, Any],
    reason: str,
    by: User,
) -> Batch:
    """Keep which cases were selected, in which version, with their number and value.

    `cases` are those that `by` may see. Raises SelectionRefused for none, or more than MOST.
    """
    found = list(cases.order_by("pk").values_list("pk", "version", "amount_at_risk")[: MOST + 1])
    if not found:
        raise SelectionRefused("Nothing is selected. Choose some cases first.")
    if len(found) > MOST:
        raise SelectionRefused(f"At most {MOST:,} cases at once. Narrow the list first.")
    scope = scope_of(by)
    batch = Batch.objects.create(
        verb=verb,
        arguments=dict(arguments),
        reason=reason,
        query=query,
        scope={"queues": sorted(scope.queues), "facilities": sorted(scope.facilities)},
        by=by,
        cases=len(found),
        amount=sum((amount for _pk, _version, amount in found), start=Decimal(0)),
    )
    BatchRow.objects.bulk_create(
        (BatchRow(batch=batch, case_id=pk, seen_version=version) for pk, version, _amount in found),
        batch_size=5_000,
    )
    batch.refresh_from_db()
    return batch


def lock(batch: Batch) -> Batch:
    """The batch, locked for the rest of the transaction."""
    return Batch.objects.select_for_update(of=("self",)).select_related("by").get(pk=batch.pk)


def waiting(batch: Batch, *, after: int, limit: int, outcome: RowOutcome) -> Sequence[BatchRow]:
    """The next rows of a batch with some outcome, in order."""
    rows = BatchRow.objects.filter(batch=batch, pk__gt=after, outcome=outcome)
    return list(rows.order_by("pk")[:limit])


def settle(made: Iterable[Made]) -> None:
    """Write what became of some rows, in one statement."""
    rows = list(made)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_batchrow AS r"
            " SET outcome = m.outcome, why = m.why, words = m.words,"
            " made_version = coalesce(m.version, r.made_version)"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::text[])"
            " AS m (id, outcome, why, version, words) WHERE r.id = m.id",
            [
                [each.row_id for each in rows],
                [each.outcome.value for each in rows],
                [each.why.value for each in rows],
                [each.version for each in rows],
                [each.words for each in rows],
            ],
        )


def mark(batch: Batch, status: BatchStatus, *, job_id: int | None = None) -> None:
    """Say how a batch stands, and which job is at it, if one is."""
    batch.status = status
    batch.job_id = job_id
    batch.save(update_fields=["status", "job"])


def end(batch: Batch, status: BatchStatus, *, at: datetime) -> None:
    """A batch is done, stopped or undone; on record in its maker's chain."""
    batch.status = status
    if status is BatchStatus.UNDONE:
        batch.undone_at = at
    else:
        batch.done_at = at
    batch.save(update_fields=["status", "done_at", "undone_at"])
    audit.record(
        chain=f"user:{batch.by_id}",
        verb=f"bulk.{status.value}",
        subject=f"batch:{batch.public_id}",
        by=batch.by,
        reason=batch.reason,
        to_all=batch.verb,
        cases=batch.cases,
        amount=batch.amount,
    )
