"""Sets of keys in queries: one array parameter instead of thousands of placeholders."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, TextField, Value


def any_id(ids: Iterable[int]) -> Value:
    """For `filter(claim_id=any_id(ids))`: one of these primary keys."""
    return _any(list(ids), BigIntegerField())


def any_text(texts: Iterable[str]) -> Value:
    """For `filter(key=any_text(keys))`: one of these texts."""
    return _any(list(texts), TextField())


def _any(values: list[Any], base: Any) -> Value:
    return _AnyOf(values, output_field=ArrayField(base))


class _AnyOf(Value):
    """A value, since Django puts parentheses around every other expression on the right."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """`ANY(…)` around the one array parameter."""
        sql, params = super().as_sql(compiler, connection)
        return f"ANY({sql})", params
