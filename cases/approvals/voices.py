"""In whose name somebody may decide, and how far that reaches. Pure.

A voice is a capacity in which somebody may decide: their own, or that of one who delegated to them.
"""

from dataclasses import dataclass
from decimal import Decimal

from cases.approvals.terms import Seats


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to which amount a role or a person may approve; no matter: any."""

    is_personal: bool
    matter: str | None
    currency: str
    most: Decimal


@dataclass(frozen=True, slots=True)
class Voice:
    """One capacity: whose (`speaker_id`, their `human`), and how far it reaches.

    `matters` (empty: all) and `most` are those of the delegation, for a voice that is lent.
    """

    speaker_id: int
    human: str
    name: str
    seats: Seats
    limits: tuple[Limit, ...]
    is_active: bool
    is_lent: bool = False
    matters: frozenset[str] = frozenset()
    most: Decimal | None = None

    def covers(self, matter: str, amount: Decimal) -> bool:
        """Whether a lent voice was lent for this; one's own always is."""
        within = self.most is None or amount <= self.most
        return within and (not self.matters or matter in self.matters)


def limit_of(voice: Voice, matter: str, currency: str) -> Decimal | None:
    """Up to which amount a voice reaches; a person's own limit, then the highest of their roles.

    One for the matter counts instead of one for any. None: no limit is set, so nothing.
    """
    fits = [
        each for each in voice.limits if each.currency == currency and each.matter in {None, matter}
    ]
    for is_personal in (True, False):
        mine = [each for each in fits if each.is_personal is is_personal]
        exact = [each.most for each in mine if each.matter] or [each.most for each in mine]
        if exact:
            return max(exact)
    return None
