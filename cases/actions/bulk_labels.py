"""A label on many cases: where it may go, where it is, putting it on and taking it off again."""

from collections.abc import Mapping, Sequence

from cases.bulk.models import Batch, BatchRow, RowOutcome, Why
from cases.bulk.services import Made
from cases.collaboration.models import Label
from cases.collaboration.queries import carrying
from cases.collaboration.services import put_on_many, take_off_many
from cases.work.models import Case, Queue


def label_of(batch: Batch) -> Label | None:
    """The label that a batch puts on; None for any other verb, and one that is out of use."""
    key = batch.arguments.get("label_id")
    return Label.objects.filter(pk=key, is_active=True).first() if key else None


def queues_of(label: Label | None) -> frozenset[int]:
    """The queues whose cases may carry a label: its team's, or all when it is everybody's."""
    if label is None:
        return frozenset()
    queues = Queue.objects.filter(team=label.team) if label.team else Queue.objects.all()
    return frozenset(queues.values_list("pk", flat=True))


def so_already(batch: Batch) -> frozenset[int]:
    """The cases of a batch that carry its label."""
    label = label_of(batch)
    if label is None:
        return frozenset()
    rows = BatchRow.objects.filter(batch=batch).order_by("pk")
    return carrying(label, list(rows.values_list("case", flat=True)))


def put_on(batch: Batch, rows: Sequence[BatchRow], cases: Mapping[int, Case]) -> list[Made]:
    """Put the label on the cases of some rows, which are locked and judged."""
    label = label_of(batch)
    if label is None:
        return []
    held = [cases[row.case_id] for row in rows]
    put = put_on_many(cases=held, label=label, by=batch.by)
    return [
        Made(row.pk, RowOutcome.DONE, version=cases[row.case_id].version)
        if row.case_id in put
        else Made(row.pk, RowOutcome.SKIPPED, Why.ALREADY)
        for row in rows
    ]


def take_off(batch: Batch, rows: Sequence[BatchRow], cases: Mapping[int, Case]) -> list[Made]:
    """Take it off again where it is still the one that the batch put on."""
    label = Label.objects.get(pk=batch.arguments["label_id"])
    held = [cases[row.case_id] for row in rows]
    lost = take_off_many(cases=held, label=label, by=batch.by)
    return [
        Made(row.pk, RowOutcome.UNDONE)
        if row.case_id in lost
        else Made(row.pk, RowOutcome.KEPT, Why.TOUCHED)
        for row in rows
    ]
