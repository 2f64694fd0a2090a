"""How each book's rows are edited: one form a row, and what can be done to the rows.

A sheet reads and writes the content of an edition; what a content may say, its book checks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from billing_portal.kernel.pure.registry import NotInstalled
from cases.web.editing.policyforms import PolicyForm
from cases.web.editing.rowforms import (
    CategoryForm,
    CodeForm,
    RemarkForm,
    RowForm,
    RuleForm,
    TargetForm,
    WeightsForm,
)

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list of rows in a content, e.g. the rules of the routing book.

    `in_order`: the first row that fits wins, so rows can be moved. `grows`: rows can be added and
    taken out.
    """

    rows: str
    noun: str
    form: type[RowForm]
    in_order: bool = False
    grows: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a content: in which list, at which place; one past the end is a new row."""

    sheet: Sheet
    at: int

    def row_in(self, content: Content) -> dict[str, Any] | None:
        """What stands there; None for a new row."""
        rows: Sequence[dict[str, Any]] = content[self.sheet.rows]
        return rows[self.at] if self.at < len(rows) else None

    def put(self, content: Content, row: Mapping[str, Any]) -> dict[str, Any]:
        """The content with this row there."""
        rows = list(content[self.sheet.rows])
        rows[self.at : self.at + 1] = [dict(row)]
        return {**content, self.sheet.rows: rows}

    def without(self, content: Content) -> dict[str, Any]:
        """The content without the row."""
        rows = list(content[self.sheet.rows])
        del rows[self.at]
        return {**content, self.sheet.rows: rows}

    def moved(self, content: Content, *, by: int) -> dict[str, Any]:
        """The content with the row some places later or earlier."""
        rows = list(content[self.sheet.rows])
        row = rows.pop(self.at)
        rows.insert(max(0, self.at + by), row)
        return {**content, self.sheet.rows: rows}


SHEETS: Mapping[str, tuple[Sheet, ...]] = {
    "routing": (Sheet("rules", "rule", RuleForm, in_order=True),),
    "targets": (Sheet("targets", "target", TargetForm),),
    "priority": (
        Sheet("weights", "weights", WeightsForm, grows=False),
        Sheet("categories", "category", CategoryForm),
    ),
    "approvals": (Sheet("policies", "policy", PolicyForm),),
    "codes": (
        Sheet("adjustments", "adjustment code", CodeForm),
        Sheet("remarks", "remark code", RemarkForm),
    ),
}


def sheet_of(book: str, rows: str) -> Sheet:
    """The sheet of one list of a book. Raises NotInstalled."""
    for sheet in SHEETS.get(book, ()):
        if sheet.rows == rows:
            return sheet
    message = f"{book} has no list of {rows}."
    raise NotInstalled(message)
