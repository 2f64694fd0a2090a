"""Spreading open cases evenly over people, with as few moves as that takes. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

MOST = 2_000
"""Moves of one proposal."""


class Bar(StrEnum):
    """Why somebody does not get a case that would make things more even."""

    SITE = "site"
    SKILL = "skill"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Item:
    """A case that can go to somebody else: where it stands, what it takes, how much work it is."""

    case_id: int
    facility_id: int
    weight: Decimal
    category: str = ""
    payer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """At which sites somebody may work, what they can, and how many more cases they can hold.

    No category, or no payer, means every one; no `room` means any number.
    """

    facilities: frozenset[int]
    categories: frozenset[str] = frozenset()
    payers: frozenset[int] = frozenset()
    room: int | None = None

    def bar(self, item: Item) -> Bar | None:
        """Why a case cannot be theirs; None when it can."""
        if item.facility_id not in self.facilities:
            return Bar.SITE
        is_strange = self.categories and item.category not in self.categories
        is_foreign = self.payers and item.payer_id is not None and item.payer_id not in self.payers
        if is_strange or is_foreign:
            return Bar.SKILL
        return Bar.FULL if self.room is not None and self.room < 1 else None


@dataclass(frozen=True, slots=True)
class Move:
    """A case and who gets it."""

    item: Item
    to: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The moves, and how many cases of those who carry more, or of nobody, each is kept from."""

    moves: list[Move]
    barred: dict[int, dict[Bar, int]]


def spread(
    held: Mapping[int, Sequence[Item]],
    free: Iterable[Item],
    reach: Mapping[int, Reach],
) -> Spread:
    """Moves after which the people in `reach` carry as equal a weight as single cases allow.

    `held` are their movable cases, those that should go first standing first; `free` are cases that
    nobody has, given out heaviest first. Nobody gets a case of a site that they may not work at,
    one that they are not skilled for, or one more than they can hold; no case moves twice.
    """
    board = _Board(held, reach)
    for item in sorted(free, key=lambda each: (-each.weight, each.case_id)):
        board.give(item)
    while len(board.moves) < MOST and board.level():
        continue
    return Spread(board.moves, board.barred())


class _Board:
    """Who carries what as moves are made."""

    def __init__(self, held: Mapping[int, Sequence[Item]], reach: Mapping[int, Reach]) -> None:
        self.reach = dict(reach)
        self.left = {person: list(held.get(person, ())) for person in reach}
        self.load = {
            person: sum((item.weight for item in items), start=Decimal(0))
            for person, items in self.left.items()
        }
        self.moves: list[Move] = []
        self.untaken: list[Item] = []

    def lightest(self) -> list[int]:
        """People by how little they carry."""
        return sorted(self.load, key=lambda person: (self.load[person], person))

    def give(self, item: Item) -> None:
        """A free case to the lightest person who can have it; to nobody if none can."""
        for person in self.lightest():
            if self._can_have(person, item):
                self._move(item, person)
                return
        self.untaken.append(item)

    def level(self) -> bool:
        """Move one case from somebody to somebody lighter; whether that made things more even."""
        order = self.lightest()
        for heavy in reversed(order):
            for light in order:
                gap = self.load[heavy] - self.load[light]
                if gap <= 0:
                    break
                item = self._fitting(heavy, light, gap)
                if item is not None:
                    self.left[heavy].remove(item)
                    self.load[heavy] -= item.weight
                    self._make_room(heavy, 1)
                    self._move(item, light)
                    return True
        return False

    def barred(self) -> dict[int, dict[Bar, int]]:
        """From how many cases that would still make things more even each person is kept."""
        holds = {person: list(items) for person, items in self.left.items()}
        for move in self.moves:
            holds[move.to].append(move.item)
        found = {}
        for person, reach in self.reach.items():
            wanted = [
                item
                for other, items in holds.items()
                for item in items
                if item.weight < self.load[other] - self.load[person]
            ]
            bars = Counter(filter(None, map(reach.bar, [*wanted, *self.untaken])))
            if bars:
                found[person] = dict(bars)
        return found

    def _fitting(self, heavy: int, light: int, gap: Decimal) -> Item | None:
        """The first case whose move narrows the gap."""
        lighter = (item for item in self.left[heavy] if item.weight < gap)
        return next((item for item in lighter if self._can_have(light, item)), None)

    def _can_have(self, person: int, item: Item) -> bool:
        return self.reach[person].bar(item) is None

    def _move(self, item: Item, person: int) -> None:
        self.load[person] += item.weight
        self._make_room(person, -1)
        self.moves.append(Move(item, person))

    def _make_room(self, person: int, cases: int) -> None:
        held = self.reach[person]
        if held.room is not None:
            self.reach[person] = replace(held, room=held.room + cases)
