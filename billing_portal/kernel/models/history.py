"""History with a reason: who changed a row, when and why, in the change's own transaction.

Built on django-simple-history; ours adds that actor and reason are never empty, that the database
stamps when and in which transaction (a deferred trigger compares by it), and keeps only the index
that is read. See `docs/decisions/0003-history-the-database-demands.md`.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from psycopg import sql
from simple_history.models import HistoricalRecords

from billing_portal.kernel.actor import ActorMissing, acting, current
from billing_portal.kernel.models.bases import ClockTimestamp, Xid8Field, current_xact_id
from billing_portal.kernel.transactions import joining

OWN_COLUMNS = (
    "history_id",
    "history_date",
    "history_change_reason",
    "history_type",
    "history_user_id",
    "history_txid",
)
KINDS = {"+": "Created", "~": "Changed", "-": "Deleted"}


class History(HistoricalRecords):
    """The history of a tracked model: `history = History()`, optionally `excluded_fields=[…]`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("history_id_field", models.BigAutoField())
        super().__init__(**options)

    def copy_fields(self, model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
        """The model's columns without their indexes: history is read by row and order alone."""
        fields: dict[str, Any] = super().copy_fields(model)
        for field in fields.values():
            field.db_index = False
        return fields

    def _get_history_user_fields(self) -> dict[str, Any]:
        user = models.ForeignKey(
            settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
        )
        return {"history_user": user}

    def _get_history_change_reason_field(self) -> models.Field[Any, Any]:
        return models.TextField()

    def get_extra_fields(self, model: type[models.Model], fields: dict[str, Any]) -> dict[str, Any]:
        """What a history row knows beside the columns; the database says when, in which change."""
        extra: dict[str, Any] = super().get_extra_fields(model, fields)
        extra["history_date"] = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
        extra["history_txid"] = Xid8Field(db_default=current_xact_id(), editable=False)
        return extra

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """One index, by row and order; a reason that says something; one of three kinds."""
        options: dict[str, Any] = super().get_meta_options(model)
        name = model._meta.model_name
        options["indexes"] = (
            models.Index(fields=[model._meta.pk.attname, "history_id"], name=f"h_{name}"[:30]),
        )
        options["constraints"] = [
            models.CheckConstraint(
                condition=~Q(history_change_reason=""), name=f"historical{name}_reason"
            ),
            models.CheckConstraint(
                condition=Q(history_type__in=sorted(KINDS)), name=f"historical{name}_type"
            ),
        ]
        return options

    def post_save(
        self,
        instance: models.Model,
        created: bool,  # noqa: FBT001 -- the library's signature
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
        **options: Any,
    ) -> None:
        """Leave a history row, unless nothing but columns outside history was saved."""
        outside = set(self.excluded_fields)
        if update_fields is not None and not created and set(update_fields) <= outside:
            return
        super().post_save(instance, created, using=using, **options)

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        """As the library does, only that the date is the database's to give."""
        stamp = instance.history.model._meta.get_field("history_date")  # type: ignore[attr-defined]  # the library's descriptor
        vars(instance)["_history_date"] = stamp.get_default()  # where the library looks
        try:
            super().create_historical_record(instance, history_type, using=using)
        finally:
            del vars(instance)["_history_date"]

    def get_history_user(self, instance: models.Model) -> Any:
        """Who: the one a library set on the row, else the actor of the moment."""
        by = getattr(instance, "_history_user", None)
        if by is None:
            now = current()
            by = now.by if now else None
        if getattr(by, "pk", None) is None:
            raise ActorMissing(f"Nobody is named who changes {instance._meta.verbose_name}.")
        return by

    def get_change_reason_for_object(
        self, instance: models.Model, history_type: str, using: str | None
    ) -> str:
        """Why: the reason a library set on the row, else the reason of the moment."""
        now = current()
        reason = getattr(instance, "_change_reason", None) or (now.reason if now else "")
        if not reason.strip():
            raise ActorMissing(f"No reason is given for changing {instance._meta.verbose_name}.")
        return str(reason)


@joining
def save_because(row: Any, *, by: Any, reason: str, fields: Iterable[str] | None = None) -> None:
    """Save a tracked row with its history row. `fields` as Django's `update_fields`.

    Raises ActorMissing when `by` or `reason` is empty; then nothing is written.
    """
    with acting(by=by, reason=reason):
        row.save(update_fields=fields)


@joining
def delete_because(row: Any, *, by: Any, reason: str) -> None:
    """Delete a tracked row and what goes with it, each leaving a history row that says who and why.

    Raises ActorMissing when `by` or `reason` is empty; then nothing is deleted.
    """
    with acting(by=by, reason=reason):
        row.delete()


@cache
def history_table(model: type[models.Model]) -> str:
    """The table of a tracked model's history."""
    return str(model.history.model._meta.db_table)  # type: ignore[attr-defined]


@cache
def shared_columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that a row and its history row have in common, in the history's order."""
    fields = model.history.model._meta.concrete_fields  # type: ignore[attr-defined]
    return tuple(field.column for field in fields if field.column not in OWN_COLUMNS)


def insert_history(
    model: type[models.Model], *, rows: str, kind: str | None = None
) -> sql.Composed:
    """The tail of a set-wise write: history rows of all that a CTE named `rows` returned.

    `WITH written AS (INSERT … RETURNING *) <this>`, with named parameters `reason` and `by` (a
    user's primary key). `kind` is "+", "~" or "-"; None when `rows` has a column `history_type`
    that says it row by row. When and in which transaction, the database adds.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, shared_columns(model)))
    return sql.SQL(
        "INSERT INTO {table} ({columns}, history_change_reason, history_type, history_user_id)"
        " SELECT {columns}, %(reason)s, {kind}, %(by)s FROM {rows}"
    ).format(
        table=sql.Identifier(history_table(model)),
        columns=columns,
        kind=sql.Identifier("history_type") if kind is None else sql.Literal(kind),
        rows=sql.Identifier(rows),
    )
