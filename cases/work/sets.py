"""Sets of keys in queries: one array parameter instead of thousands of placeholders."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, TextField, Value


def any_id(ids: Iterable[int]) -> Func:
    """For `filter(claim_id=any_id(ids))`: one of these primary keys."""
    return _any(list(ids), BigIntegerField())


def any_text(texts: Iterable[str]) -> Func:
    """For `filter(key=any_text(keys))`: one of these texts."""
    return _any(list(texts), TextField())


def _any(values: list[Any], base: Any) -> Func:
    return Func(Value(values, output_field=ArrayField(base)), function="ANY")
