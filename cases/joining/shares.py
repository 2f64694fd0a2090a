"""Who holds what, read from what was given to whom, in its order. Pure.

A case's key is `type:claim`; that of one split off from it has a part more, `type:claim/part`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

REST = ""
PART = "/"


class Share(NamedTuple):
    """A part of a claim's facts; an empty item: all that nobody else was given."""

    claim_id: int
    item: str


class Gift(NamedTuple):
    """One part, and the key of the case that it was given to."""

    share: Share
    holder: str
    holder_claim_id: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Who holds each part that was ever given."""

    holders: dict[Share, str] = field(default_factory=dict)
    claims: frozenset[int] = frozenset()

    def holder(self, claim_id: int, item: str, *, home: str) -> str:
        """The key of the case that holds a part of a claim; `home` is the claim's own."""
        rest = self.holders.get(Share(claim_id, REST), home)
        return self.holders.get(Share(claim_id, item), rest)

    def holders_of(self, claim_id: int, *, home: str) -> list[str]:
        """The keys of all cases that may hold a part of a claim, in a fixed order."""
        given = {key for share, key in self.holders.items() if share.claim_id == claim_id}
        return sorted({*given, self.holder(claim_id, REST, home=home)})

    def is_divided(self, claim_id: int) -> bool:
        """Whether parts of a claim were ever given away."""
        return claim_id in self.claims and any(s.claim_id == claim_id for s in self.holders)

    def held_by(self, key: str) -> list[Share]:
        """All that a case holds, the rest of its own claim among it, in a fixed order."""
        held = {share for share, holder in self.holders.items() if holder == key}
        rest = Share(claim_of(key), REST)
        if is_home(key) and rest not in self.holders:
            held.add(rest)
        return sorted(held)


def shares(gifts: Iterable[Gift]) -> Shares:
    """Who holds what after all of these, oldest first."""
    holders: dict[Share, str] = {}
    claims: set[int] = set()
    for gift in gifts:
        holders[gift.share] = gift.holder
        claims |= {gift.share.claim_id, gift.holder_claim_id}
    return Shares(holders, frozenset(claims))


def claim_of(key: str) -> int:
    """The claim that a case's key is of."""
    return int(key.partition(":")[2].partition(PART)[0])


def is_home(key: str) -> bool:
    """Whether it is the key of the case that a claim's facts open."""
    return PART not in key


def part_key(key: str, mark: str) -> str:
    """The key of a case split off from the case of another key; `mark` makes it the only one."""
    return f"{key.partition(PART)[0]}{PART}{mark}"


def told(items: Collection[str]) -> list[Share]:
    """Parts as people name them: the claim's number, a colon, the item. Raises ValueError."""
    found = []
    for item in items:
        claim, _, rest = item.partition(":")
        found.append(Share(int(claim), rest))
    return found


def named(share: Share) -> str:
    """A part as people name it."""
    return f"{share.claim_id}:{share.item}"
