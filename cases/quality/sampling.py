"""Which finished cases a second person looks at: by chance, and by the dollar. Pure.

The same cases and the same seed give the same sample, so that anybody can draw it again. By chance:
each case is as likely as any other. By the dollar (monetary-unit sampling): each dollar is as
likely as any other, so a case of an interval or more is always among them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from django.db.models import TextChoices

BY_CHANCE = 3
BY_DOLLAR = 3


class Method(TextChoices):
    """How a case came into the sample."""

    CHANCE = "chance", "By chance"
    DOLLAR = "dollar", "By the dollar"


@dataclass(frozen=True, slots=True)
class Unit:
    """A finished case and what was at stake."""

    case_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    """A case of the sample, and how it came into it."""

    case_id: int
    method: Method


def draw(
    units: Iterable[Unit], *, seed: str, by_chance: int = BY_CHANCE, by_dollar: int = BY_DOLLAR
) -> list[Drawn]:
    """The sample, in order of the cases' keys; a case that both ways choose stands once, by chance.

    The order in which the cases are given makes no difference.
    """
    every = sorted(units, key=lambda unit: unit.case_id)
    rng = Random(seed)  # noqa: S311 -- repeatable by anybody, not secret
    chosen = {unit.case_id for unit in rng.sample(every, min(by_chance, len(every)))}
    rest = [unit for unit in every if unit.case_id not in chosen]
    found = [Drawn(pk, Method.CHANCE) for pk in chosen]
    found += [Drawn(unit.case_id, Method.DOLLAR) for unit in _by_dollar(rest, rng, by_dollar)]
    return sorted(found, key=lambda each: each.case_id)


def _by_dollar(units: Sequence[Unit], rng: Random, number: int) -> list[Unit]:
    """Systematically: every so many dollars, from a start by chance."""
    total = sum((unit.amount for unit in units), start=Decimal(0))
    if not total or not number:
        return []
    interval = total / number
    mark = interval * Decimal(str(rng.random()))
    found, passed = [], Decimal(0)
    for unit in units:
        passed += unit.amount
        if mark < passed:
            found.append(unit)
            while mark < passed:
                mark += interval
    return found
