"""What a case type says of itself, and the registry that holds the installed ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from billing_portal.kernel.pure.registry import Registry
from cases.work.details import Details
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition


class Change(Protocol):
    """One entry of the feed: which record changed, and of which claim."""

    @property
    def record(self) -> str:
        """The kind of record, one of `integrations.feed.models.Record`."""

    @property
    def record_id(self) -> int:
        """Its primary key."""

    @property
    def claim_id(self) -> int | None:
        """The claim that it belongs to, if any."""

    @property
    def correlation_id(self) -> str:
        """Of the message that led to it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on a case, specific to why it is one.

    `verb` names the dialog that does it, if any.
    """

    key: str
    words: str
    verb: str = ""


@dataclass(frozen=True)
class CaseType:
    """One kind of exception: its words, its detail shape, its detector and its steps.

    `detect` maps a batch of feed changes to findings; it is called with the records it `follows`.
    `steps` maps a case's details to what is to be done. `dispositions` are those that a person may
    resolve a case with, in the order they are offered.
    """

    key: str
    label: str
    prefix: str
    details: type[Details]
    detect: Callable[[Sequence[Change]], Iterable[Finding]]
    steps: Callable[[Mapping[str, Any]], list[Step]]
    follows: frozenset[str]
    dispositions: tuple[Disposition, ...] = field(default_factory=tuple)


CASE_TYPES: Registry[CaseType] = Registry("case type")
