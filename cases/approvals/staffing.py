"""Whether a chain can be completed by different people, and by whom. Pure.

People are given by all their voices, their own first, as `eligibility.voices_of` reads them.
Whoever lets somebody decide for them counts as away for what they lent.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.approvals.terms import Seats, Step, Terms, most_seated
from cases.approvals.vocabulary import Matter, StepMode
from cases.approvals.voices import Voice, limit_of

People = Sequence[Sequence[Voice]]
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be signed."""

    matter: Matter
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A human who could sign, with all seats they could take, for themselves or for others."""

    human: str
    name: str
    seats: Seats


def signers(people: People, asked: Asked, *, barred: Collection[str] = NOBODY) -> list[Signer]:
    """Who could sign: active, there, within their limits, and neither barred nor for one who is."""
    gone = away(people, asked)
    found: dict[str, Signer] = {}
    for own, *lent in people:
        covering = [each for each in lent if each.covers(asked.matter, asked.amount)]
        if own.is_active and not {own.human, *(each.human for each in covering)} & set(barred):
            voices = covering if own.human in gone else [own, *covering]
            reaching = (each.seats for each in voices if reaches(own, each, asked))
            seats = frozenset[str]().union(*reaching)
            held = found.get(own.human)
            found[own.human] = Signer(own.human, own.name, seats | (held.seats if held else seats))
    return [signer for signer in found.values() if signer.seats]


def away(people: People, asked: Asked) -> frozenset[str]:
    """The humans for whom somebody else decides now."""
    lent = (voice for _own, *voices in people for voice in voices)
    return frozenset(voice.human for voice in lent if voice.covers(asked.matter, asked.amount))


def reaches(own: Voice, voice: Voice, asked: Asked) -> bool:
    """Whether a voice in the mouth of its speaker is within the limits of both."""
    limits = [limit_of(each, asked.matter, asked.currency) for each in (own, voice)]
    return voice.is_active and all(most is not None and asked.amount <= most for most in limits)


def of_step(step: Step, found: Sequence[Signer]) -> list[Signer]:
    """Those who hold a seat of a step."""
    return [signer for signer in found if signer.seats & frozenset(step.seats)]


def lacking(terms: Terms, found: Sequence[Signer]) -> int | None:
    """The first step that nobody is left for, counted from 0; None: the chain can be completed.

    A human counts once in the whole chain.
    """
    for last in range(len(terms.steps)):
        if not _can_fill(terms.steps[: last + 1], found):
            return last
    return None


def is_filled_alone(step: Step, found: Sequence[Signer]) -> bool:
    """Whether a step could be filled if it were the only one."""
    return _can_fill([step], found)


def scarce(terms: Terms, found: Sequence[Signer]) -> list[Signer]:
    """Without whom a chain could perhaps not be completed; nobody else matters to it."""
    places = sum(step.needed for step in terms.steps)
    few = [held for step in terms.steps if len(held := of_step(step, found)) <= places]
    return list(dict.fromkeys(signer for held in few for signer in held))


def _can_fill(steps: Sequence[Step], found: Sequence[Signer]) -> bool:
    places = [place for number, step in enumerate(steps) for place in _places(number, step)]
    wishes = [frozenset(name for name, seats in places if signer.seats & seats) for signer in found]
    return most_seated(wishes) == len(places)


def _places(number: int, step: Step) -> list[tuple[str, Seats]]:
    """The places to fill: each with a name and the seats whose holders may take it."""
    if step.mode is StepMode.ALL:
        return [(f"{number}/{seat}", frozenset({seat})) for seat in step.seats]
    return [(f"{number}/{each}", frozenset(step.seats)) for each in range(step.needed)]
