"""Which balances of a batch somebody looks at. Pure.

The same balances and the same seed give the same sample, so that anybody can draw it again.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from cases.quality.sampling import Unit, draw


def sample_size(population: int, share: Decimal) -> int:
    """So many of a batch are looked at: the share, rounded up."""
    return int((population * share).to_integral_value(rounding=ROUND_CEILING))


def sample(amounts: Mapping[int, Decimal], *, share: Decimal, seed: str) -> frozenset[int]:
    """The keys of the accounts to look at, each as likely as any other; by key their amounts."""
    units = [Unit(key, amount) for key, amount in amounts.items()]
    size = sample_size(len(units), share)
    return frozenset(each.case_id for each in draw(units, seed=seed, by_chance=size, by_dollar=0))
