"""What a policy says, as its version's content holds it. Pure.

Amounts are in the policy's currency and compared with a request's tier amount: `from_amount`
belongs to the policy, `to_amount` does not (None: no upper end). Times are business days of the
case's site, counted from when a step began to wait.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cases.approvals.vocabulary import Matter, StepMode

ROLE, PERSON = "role:", "person:"
Seats = frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    """One group of people who decide, in its turn."""

    key: str
    label: str
    mode: StepMode
    n: int = 1
    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def seats(self) -> tuple[str, ...]:
        """Who may sit: `role:rc_manager`, `person:` and a user name."""
        return (*(ROLE + role for role in self.roles), *(PERSON + name for name in self.people))

    @property
    def needed(self) -> int:
        """How many humans must approve."""
        return {StepMode.ANY: 1, StepMode.SOME: self.n, StepMode.ALL: len(self.seats)}[self.mode]


@dataclass(frozen=True, slots=True)
class Terms:
    """One policy: what it holds for, and whom it asks."""

    label: str
    matter: Matter
    currency: str
    from_amount: Decimal
    to_amount: Decimal | None
    steps: tuple[Step, ...]
    facility: str | None = None
    payer_class: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    remind_after: int = 1
    escalate_after: int = 2
    manager_after: int = 4
    escalate_to: str = ""
    fresh_from: Decimal | None = None
    bulk_up_to: Decimal | None = None

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Terms":
        """As a version's content holds it. Raises KeyError or ValueError for anything else."""
        return cls(
            label=content["label"],
            matter=Matter(content["matter"]),
            currency=content["currency"],
            from_amount=Decimal(content["from_amount"]),
            to_amount=_amount(content["to_amount"]),
            steps=tuple(_step(each) for each in content["steps"]),
            facility=content.get("facility"),
            payer_class=content.get("payer_class"),
            facts=content.get("facts") or {},
            remind_after=content.get("remind_after", 1),
            escalate_after=content.get("escalate_after", 2),
            manager_after=content.get("manager_after", 4),
            escalate_to=content.get("escalate_to") or "",
            fresh_from=_amount(content.get("fresh_from")),
            bulk_up_to=_amount(content.get("bulk_up_to")),
        )

    @property
    def upper_seat(self) -> str:
        """The seat of those above, who may fill any other once a step was escalated."""
        return ROLE + self.escalate_to if self.escalate_to else ""

    def wants_fresh(self, amount: Decimal) -> bool:
        """Whether approving an amount wants a sign-in of the last minutes (R19)."""
        return self.fresh_from is not None and amount >= self.fresh_from

    def allows_bulk(self, amount: Decimal) -> bool:
        """Whether an amount may be approved together with others."""
        return self.bulk_up_to is not None and amount <= self.bulk_up_to

    def covers(self, amount: Decimal) -> bool:
        """Whether an amount is in the band."""
        return self.from_amount <= amount and (self.to_amount is None or amount < self.to_amount)


def is_filled(step: Step, sat: Sequence[Seats], *, upper: str = "") -> bool:
    """Whether those who approved a step, each with the seats they could take, are enough."""
    return _filled(step, sat, upper) >= step.needed


def would_add(step: Step, sat: Sequence[Seats], seats: Seats, *, upper: str = "") -> bool:
    """Whether one more, who could take these seats, brings a step nearer to its end."""
    return _filled(step, [*sat, seats], upper) > _filled(step, sat, upper)


def _filled(step: Step, sat: Sequence[Seats], upper: str) -> int:
    """How many humans count: where each seat must be filled, no two take the same."""
    if step.mode is not StepMode.ALL:
        return len(sat)
    everywhere = frozenset(step.seats)
    above = {upper} - everywhere
    return most_seated([everywhere if above & each else each & everywhere for each in sat])


def most_seated(wishes: Sequence[Seats]) -> int:
    """How many can sit at once, each on one of the seats they could take (augmenting paths)."""
    taken: dict[str, int] = {}

    def seat(person: int, tried: set[str]) -> bool:
        for wish in sorted(wishes[person] - tried):
            tried.add(wish)
            if wish not in taken or seat(taken[wish], tried):
                taken[wish] = person
                return True
        return False

    return sum(seat(person, set()) for person in range(len(wishes)))


def _step(content: Mapping[str, Any]) -> Step:
    return Step(
        key=content["key"],
        label=content["label"],
        mode=StepMode(content["mode"]),
        n=content.get("n", 1),
        roles=_texts(content.get("roles")),
        people=_texts(content.get("people")),
    )


def _texts(values: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(values or ())


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
