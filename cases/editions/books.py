"""What a book of rules says of itself, and the registry that holds the installed ones.

A book is one kind of configuration, whole: all routing rules, all targets. Its content is JSON, so
that an edition can hold it, a second person read it and the database compare it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.registry import Registry
from cases.editions.entries import Entry, Problem, Remark
from cases.editions.reports import BacktestReport

Content = Mapping[str, Any]


class Book(Protocol):
    """One kind of configuration that changes by editions alone."""

    @property
    def key(self) -> str:
        """Its name in addresses and rows."""

    @property
    def label(self) -> str:
        """Its name in words."""

    def current(self) -> dict[str, Any]:
        """The content as the rows stand."""

    def problems(self, content: Content) -> list[Problem]:
        """What is wrong with a content; nothing: it can be put in force."""

    def findings(self, content: Content, *, at: datetime) -> Sequence[Remark]:
        """What a reviewer should know of a content without problems, as the house stands."""

    def entries(self, content: Content) -> Sequence[Entry]:
        """A content without problems in words, in its order."""

    def apply(self, *, content: Content, by: User, reason: str, at: datetime) -> int:
        """Let the rows be as the content says, each change with history; how many changed."""

    def simulate(self, *, content: Content, days: int, at: datetime) -> BacktestReport:
        """What the content would have done to the cases of the last days. Reads only."""


BOOKS: Registry[Book] = Registry("book")
