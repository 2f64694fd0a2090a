"""History with a reason: who changed a row, when and why, in the change's own transaction.

Built on django-simple-history; ours adds that actor and reason are never empty, notes the writing
transaction (a deferred trigger compares by it), and keeps only the index that is read.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from django.conf import settings
from django.db import models
from django.db.models import Q
from psycopg import sql
from simple_history.models import HistoricalRecords

from billing_portal.kernel.actor import ActorMissing, current
from billing_portal.kernel.models.bases import Xid8Field, current_xact_id

OWN_COLUMNS = (
    "history_id",
    "history_date",
    "history_change_reason",
    "history_type",
    "history_user_id",
    "history_txid",
)


class Tracked(Protocol):
    """A model instance whose model keeps history."""

    def save(self, *, update_fields: Iterable[str] | None = ...) -> None:
        """Write the row and its history."""

    def delete(self) -> Any:
        """Remove the row, leaving its history."""


class History(HistoricalRecords):
    """The history of a tracked model: `history = History()`, optionally `excluded_fields=[…]`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("history_id_field", models.BigAutoField())
        super().__init__(**options)

    def copy_fields(self, model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
        """The model's columns without their indexes: history is read by row and by time alone."""
        fields: dict[str, models.Field[Any, Any]] = super().copy_fields(model)
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
        """What a history row knows beside the columns: also the transaction that wrote it."""
        extra: dict[str, Any] = super().get_extra_fields(model, fields)
        extra["history_txid"] = Xid8Field(db_default=current_xact_id(), editable=False)
        return extra

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """One index, by row and order; a reason that says something."""
        options: dict[str, Any] = super().get_meta_options(model)
        name = model._meta.model_name
        options["indexes"] = (
            models.Index(fields=[model._meta.pk.attname, "history_id"], name=f"h_{name}"[:30]),
        )
        options["constraints"] = [
            models.CheckConstraint(
                condition=~Q(history_change_reason=""), name=f"historical{name}_reason"
            )
        ]
        return options

    def get_history_user(self, instance: models.Model) -> Any:
        """Who: set on the row by `save_because`, else the actor of the moment."""
        by = getattr(instance, "_history_user", None)
        acting = current()
        if by is None and acting is not None:
            by = acting.by
        if by is None or not getattr(by, "pk", None):
            raise ActorMissing(f"Nobody is named who changes {instance._meta.verbose_name}.")
        return by

    def get_change_reason_for_object(
        self, instance: models.Model, history_type: str, using: str | None
    ) -> str:
        """Why: set on the row by `save_because`, else the reason of the moment."""
        reason = getattr(instance, "_change_reason", None)
        acting = current()
        if not reason and acting is not None:
            reason = acting.reason
        if not reason:
            raise ActorMissing(f"No reason is given for changing {instance._meta.verbose_name}.")
        return str(reason)


def save_because(
    row: Any, *, by: Any, reason: str, fields: Iterable[str] | None = None
) -> None:
    """Save a tracked row with its history row. `fields` as Django's `update_fields`."""
    row._history_user, row._change_reason = by, reason
    row.save(update_fields=fields)


def delete_because(row: Any, *, by: Any, reason: str) -> None:
    """Delete a tracked row, leaving a history row that says who and why."""
    row._history_user, row._change_reason = by, reason
    row.delete()


def history_table(model: type[models.Model]) -> str:
    """The table of a tracked model's history."""
    return str(model.history.model._meta.db_table)  # type: ignore[attr-defined]


def shared_columns(model: type[models.Model]) -> list[str]:
    """The columns that a row and its history row have in common, in the history's order."""
    fields = model.history.model._meta.concrete_fields  # type: ignore[attr-defined]
    return [field.column for field in fields if field.column not in OWN_COLUMNS]


def insert_history(model: type[models.Model], *, rows: str, kind: str) -> sql.Composed:
    """The tail of a set-wise write: history rows of all that a CTE named `rows` returned.

    `WITH written AS (INSERT … RETURNING *) <this>`, with named parameters `at`, `reason`, `by`
    (a user's primary key). `kind` is "+", "~" or "-".
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, shared_columns(model)))
    return sql.SQL(
        "INSERT INTO {table} ({columns}, history_date, history_change_reason, history_type,"
        " history_user_id) SELECT {columns}, %(at)s, %(reason)s, {kind}, %(by)s FROM {rows}"
    ).format(
        table=sql.Identifier(history_table(model)),
        columns=columns,
        kind=sql.Literal(kind),
        rows=sql.Identifier(rows),
    )
