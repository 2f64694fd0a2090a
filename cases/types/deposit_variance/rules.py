"""Which deposit pays which remittance, and by when the other half is late. Pure.

Source of the rules: the house's domain rules on matching (CORE 370): the trace number of the
payment (TRN02) stands in the deposit, too; else payer, amount and day tell. The halves may come
three business days apart; one more is given before anybody is asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

APART, GRACE = 3, 1
DAY = timedelta(days=1)

IsOpen = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Half:
    """A payment as its remittance tells it, or as the bank does. `payer_id` None: nobody said."""

    pk: int
    trace: str
    payer_id: int | None
    amount: Decimal
    currency: str
    on: date


def due_on(day: date, *, is_open: IsOpen) -> date:
    """The last day on which the other half is not late."""
    left = APART + GRACE
    while left:
        day += DAY
        left -= is_open(day)
    return day


def since_on(day: date, *, is_open: IsOpen) -> date:
    """The first day on which the other half may have come, had it come first."""
    first = day
    while due_on(first - DAY, is_open=is_open) >= day:
        first -= DAY
    return first


def pair(
    remittances: Iterable[Half], deposits: Iterable[Half], *, is_open: IsOpen
) -> dict[int, list[int]]:
    """The deposits of each remittance, by keys: by trace number first, all that bear it.

    What is left is paired one to one, in the order of days, where payer and amount are the same
    and neither is late for the other.
    """
    paid, banked = sorted(remittances, key=_order), sorted(deposits, key=_order)
    pairs: dict[int, list[int]] = defaultdict(list)
    rest = []
    by_trace: dict[str, list[Half]] = defaultdict(list)
    for remittance in paid:
        by_trace[remittance.trace].append(remittance)
    for deposit in banked:
        told = by_trace[deposit.trace] if deposit.trace else []
        named = [each for each in told if _is_whose(each, deposit)]
        if len(named) == 1:
            pairs[named[0].pk].append(deposit.pk)
        else:
            rest.append(deposit)
    open_ = [each for each in paid if each.pk not in pairs]
    for one, other in _alike(open_, rest, is_open):
        pairs[one].append(other)
    return dict(pairs)


def _order(half: Half) -> tuple[date, int]:
    return half.on, half.pk


def _is_whose(remittance: Half, deposit: Half) -> bool:
    is_payer = deposit.payer_id in {None, remittance.payer_id}
    return is_payer and remittance.currency == deposit.currency


def _alike(
    remittances: Sequence[Half], deposits: Sequence[Half], is_open: IsOpen
) -> Iterator[tuple[int, int]]:
    waiting: dict[tuple[object, ...], list[Half]] = defaultdict(list)
    for each in remittances:
        waiting[each.payer_id, each.amount, each.currency].append(each)
    for deposit in deposits:
        held = waiting[deposit.payer_id, deposit.amount, deposit.currency]
        fitting = (each for each in held if _is_near(each.on, deposit.on, is_open))
        if (found := next(fitting, None)) is not None:
            held.remove(found)
            yield found.pk, deposit.pk


def _is_near(one: date, other: date, is_open: IsOpen) -> bool:
    return max(one, other) <= due_on(min(one, other), is_open=is_open)
