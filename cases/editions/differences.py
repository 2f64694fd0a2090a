"""What a content says otherwise than another, row by row and in words. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from cases.editions.entries import Entry


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a row says otherwise; empty where it says nothing."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One row that says something otherwise."""

    key: str
    title: str
    says: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows added, removed, changed; `moved` are as few as explain the new order."""

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    changed: tuple[Changed, ...] = ()
    moved: tuple[Entry, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.removed or self.changed or self.moved)


def difference_of(new: Sequence[Entry], old: Sequence[Entry]) -> Difference:
    """What the new rows say otherwise than the old ones."""
    is_new = {entry.key: entry for entry in new}
    was = {entry.key: entry for entry in old}
    changed = (_changed(entry, was[key]) for key, entry in is_new.items() if key in was)
    return Difference(
        added=tuple(entry for key, entry in is_new.items() if key not in was),
        removed=tuple(entry for key, entry in was.items() if key not in is_new),
        changed=tuple(each for each in changed if each.says),
        moved=tuple(is_new[key] for key in _moved(list(is_new), list(was))),
    )


def _changed(entry: Entry, was: Entry) -> Changed:
    old, new = {"Name": was.title, **was.says}, {"Name": entry.title, **entry.says}
    labels = dict.fromkeys([*new, *old])
    says = (Said(label, old.get(label, ""), new.get(label, "")) for label in labels)
    return Changed(entry.key, entry.title, tuple(each for each in says if each.old != each.new))


def _moved(new: Sequence[str], old: Sequence[str]) -> list[str]:
    """The keys to move, as few as possible: all but a longest run that kept its order."""
    place = {key: index for index, key in enumerate(old)}
    kept = [key for key in new if key in place]
    staying = _longest_rising([place[key] for key in kept])
    return [key for index, key in enumerate(kept) if index not in staying]


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The places of a longest rising part of a row of different numbers."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        at = bisect_left(ends, number)
        before.append(places[at - 1] if at else None)
        ends[at : at + 1], places[at : at + 1] = [number], [index]
    found: set[int] = set()
    last = places[-1] if places else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found
