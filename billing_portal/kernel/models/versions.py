"""Versioned rows: each change is the next version, with its history."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from billing_portal.kernel.models.history import save_because


@transaction.atomic
def write_version(
    row: Any, columns: Mapping[str, Any], *, model: type[models.Model], by: Any, reason: str
) -> bool:
    """Let a tracked row hold these columns, as its next version; without a row make the first.

    Returns whether anything changed; nothing is written if not.
    """
    if row is None:
        save_because(model(**columns), by=by, reason=reason)
        return True
    changes = {name: value for name, value in columns.items() if getattr(row, name) != value}
    if not changes:
        return False
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    save_because(row, by=by, reason=reason, fields=[*changes, "version"])
    return True
