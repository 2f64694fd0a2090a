"""What a case type says of itself, and the registry that holds the installed ones."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
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


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done against the decision that a case rests on, and what its time counts from.

    `clock_type` is one of `cases.sla.deadline_rules.ClockType`; `dates` maps its `BaseEvent` to the
    days that are known.
    """

    clock_type: str
    dates: Mapping[str, date]
    level: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A part of what a case is about, that a case of its own can be made of.

    `key` names it also when the facts are told again; `amount` is what is at risk by it.
    """

    key: str
    words: str
    codes: str
    amount: Decimal


class Engaged(StrEnum):
    """What is under way outside the case and rests on it as it stands."""

    APPEAL = "its appeal is open"
    OTHER_WAY = "another way is under way"
    REVIEW = "its after-review is open"


def no_items(_key: str) -> Sequence[Item]:
    """Cases of this type are not split."""
    return ()


def not_engaged(_case_ids: Collection[int]) -> Mapping[int, Engaged]:
    """Nothing is ever under way that a merge or a split would pull the ground from."""
    return {}


def no_remedy(_details: Any) -> Remedy | None:
    """Nothing to be done by a day that law or contract sets."""
    return None


@dataclass(frozen=True)
class CaseType:
    """One kind of exception: its words, its detail shape, its detector and its steps.

    `detect` maps a batch of feed changes to findings; it is called with the records it `follows`.
    `steps` maps a case's details to what is to be done. `dispositions` are those that a person may
    resolve a case with, in the order they are offered. `remedy` says, from a case's details, which
    time limit runs. `items` lists the parts of the case of a key, `engaged` says of cases what is
    under way, so that they are neither merged nor split nor void; an after-review alone ends them.
    """

    key: str
    label: str
    prefix: str
    details: type[Details]
    detect: Callable[[Sequence[Change]], Iterable[Finding]]
    steps: Callable[[Mapping[str, Any]], list[Step]]
    follows: frozenset[str]
    dispositions: tuple[Disposition, ...] = field(default_factory=tuple)
    remedy: Callable[[Any], Remedy | None] = no_remedy
    items: Callable[[str], Sequence[Item]] = no_items
    engaged: Callable[[Collection[int]], Mapping[int, Engaged]] = not_engaged


CASE_TYPES: Registry[CaseType] = Registry("case type")
