"""What adjustment and remark codes mean on a day. Pure; `loading` fills it from the maps' rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from cases.types.denial.vocabulary import Appealable, Category

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class CarcMeaning:
    """What a claim adjustment reason code means to us; `queue` is a queue's key."""

    words: str
    category: Category
    is_denial: bool
    queue: str
    first_action: str
    appealable: Appealable
    preventable_stage: str


@dataclass(frozen=True, slots=True)
class RarcMeaning:
    """What a remark code adds; an alert never makes or shapes a denial."""

    words: str
    is_alert: bool
    category: Category
    queue: str
    first_action: str


@dataclass(frozen=True, slots=True)
class Dated(Generic[M]):
    """A meaning and its period; the end is exclusive, None open."""

    meaning: M
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the day is in the period."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class CodeMap:
    """The code maps of one moment."""

    carcs: Mapping[str, Sequence[Dated[CarcMeaning]]]
    rarcs: Mapping[str, Sequence[Dated[RarcMeaning]]]

    def carc(self, code: str, on: date | None) -> CarcMeaning | None:
        """The meaning of an adjustment code on a day; None: not known."""
        return _held(self.carcs.get(code, ()), on)

    def rarc(self, code: str, on: date | None) -> RarcMeaning | None:
        """The meaning of a remark code on a day; None: not known."""
        return _held(self.rarcs.get(code, ()), on)


def _held(dated: Sequence[Dated[M]], on: date | None) -> M | None:
    """The one that holds on the day; without a day, the latest."""
    if on is None:
        return max(dated, key=lambda each: each.valid_from).meaning if dated else None
    return next((each.meaning for each in dated if each.holds_on(on)), None)
