"""The columns that a worklist can show, in their order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a fixed one is always shown."""

    key: str
    label: str
    is_default: bool = True
    is_fixed: bool = False


COLUMNS = (
    Column("due", "Due"),
    Column("case", "Case", is_fixed=True),
    Column("payer", "Payer and reason"),
    Column("queue", "Queue", is_default=False),
    Column("facility", "Facility", is_default=False),
    Column("amount", "At stake"),
    Column("age", "Age"),
    Column("opened", "Opened", is_default=False),
    Column("next", "Next action"),
    Column("status", "Status", is_default=False),
    Column("owner", "Owner"),
)
BY_KEY = {column.key: column for column in COLUMNS}


def chosen(keys: Iterable[str]) -> list[Column]:
    """The columns of these keys with the fixed ones, in the registry's order; none: the usual."""
    wanted = set(keys) & set(BY_KEY)
    if not wanted:
        return [column for column in COLUMNS if column.is_default]
    return [column for column in COLUMNS if column.key in wanted or column.is_fixed]
