"""Spreading open cases evenly over people, with as few moves as that takes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

MOST = 2_000
"""Moves of one proposal."""


@dataclass(frozen=True, slots=True)
class Item:
    """A case that can go to somebody else: where it stands, and how much work it is."""

    case_id: int
    facility_id: int
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Move:
    """A case and who gets it."""

    item: Item
    to: int


def spread(
    held: Mapping[int, Sequence[Item]],
    free: Iterable[Item],
    reach: Mapping[int, frozenset[int]],
) -> list[Move]:
    """Moves after which the people in `reach` carry as equal a weight as single cases allow.

    `held` are their movable cases, those that should go first standing first; `free` are cases that
    nobody has, given out heaviest first; `reach` says at which facilities each of them may work.
    Nobody gets a case of a site that they may not work at, and no case moves twice.
    """
    board = _Board(held, reach)
    for item in sorted(free, key=lambda each: (-each.weight, each.case_id)):
        board.give(item)
    while len(board.moves) < MOST and board.level():
        continue
    return board.moves


class _Board:
    """Who carries what as moves are made."""

    def __init__(
        self, held: Mapping[int, Sequence[Item]], reach: Mapping[int, frozenset[int]]
    ) -> None:
        self.reach = reach
        self.left = {person: list(held.get(person, ())) for person in reach}
        self.load = {
            person: sum((item.weight for item in items), start=Decimal(0))
            for person, items in self.left.items()
        }
        self.moves: list[Move] = []

    def lightest(self) -> list[int]:
        """People by how little they carry."""
        return sorted(self.load, key=lambda person: (self.load[person], person))

    def give(self, item: Item) -> None:
        """A free case to the lightest person who may work at its site; to nobody if none may."""
        for person in self.lightest():
            if item.facility_id in self.reach[person]:
                self._move(item, person)
                return

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
                    self._move(item, light)
                    return True
        return False

    def _fitting(self, heavy: int, light: int, gap: Decimal) -> Item | None:
        """The first case whose move narrows the gap."""
        able = self.reach[light]
        return next(
            (item for item in self.left[heavy] if item.weight < gap and item.facility_id in able),
            None,
        )

    def _move(self, item: Item, person: int) -> None:
        self.load[person] += item.weight
        self.moves.append(Move(item, person))
