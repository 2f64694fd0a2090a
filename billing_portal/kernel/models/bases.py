"""What tables are made of."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


def is_choice(field: str, choices: type[models.TextChoices]) -> Q:
    """The condition of a constraint: the column holds one of the choices."""
    return Q(**{f"{field}__in": sorted(choices.values)})


def is_currency(field: str) -> Q:
    """The condition of a constraint: three capital letters (ISO 4217)."""
    return Q(**{f"{field}__regex": r"^[A-Z]{3}$"})


def currency_field(**options: Any) -> models.TextField[Any, Any]:
    """A column for an ISO 4217 currency code; constrain it with `is_currency`."""
    options.setdefault("default", "USD")
    return models.TextField(**options)


def money_field(**options: Any) -> models.DecimalField[Any, Any]:
    """A column for an amount: twelve digits and two decimals."""
    return models.DecimalField(max_digits=14, decimal_places=2, **options)


def quantity_field(**options: Any) -> models.DecimalField[Any, Any]:
    """A column for a quantity or unit price: twelve digits and six decimals."""
    return models.DecimalField(max_digits=18, decimal_places=6, **options)


def rate_field(**options: Any) -> models.DecimalField[Any, Any]:
    """A column for a rate: three digits and six decimals."""
    return models.DecimalField(max_digits=9, decimal_places=6, **options)


class Xid8Field(models.BigIntegerField[Any, Any]):
    """A PostgreSQL top-level transaction id (xid8), never wrapping around; in Python a number."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "xid8"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        """Xid8 compares with text literals, not with integers."""
        return value if value is None or hasattr(value, "as_sql") else str(value)

    def from_db_value(self, value: Any, *_how: Any) -> int | None:
        """The driver hands a type it does not know over as text."""
        return None if value is None else int(value)


class CurrentXactId(models.Func):
    """The top-level transaction that is writing."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = Xid8Field()


def current_xact_id() -> CurrentXactId:
    """For `db_default`: which transaction wrote the row."""
    return CurrentXactId()


class ClockTimestamp(models.Func):
    """The database's clock at this very moment, not at the transaction's start."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class TimestampedModel(models.Model):
    """Knows when its row was made, by the database's clock; its history says when it changed."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class AppendOnlyModel(models.Model):
    """A fact: written once. A trigger and the application's missing privilege keep it so."""

    class Meta:
        abstract = True
