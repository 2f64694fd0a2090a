"""Payments and deposits around some days, and which belong together.

Only what the bank's lists speak of is judged: without a list that goes to the last day on which a
deposit is not late, nobody can say that it is missing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min, Q

from cases.actions.opening import UNASSIGNED
from cases.sla.services.targets import calendars_of
from cases.types.deposit_variance.rules import Half, IsOpen, due_on, pair
from cases.work.sets import any_id, any_text
from cases.work.types import Change
from integrations.canonical.models import Deposit, DepositList, Facility, Remittance
from integrations.feed.models import Record

REACH = timedelta(days=10)
"""Longer than the halves of a payment may be apart, holidays included."""
PAYMENTS = Remittance.objects.filter(paid_on__isnull=False, amount__gt=0)


@dataclass(frozen=True, slots=True)
class Listed:
    """The first and last day that the bank's lists speak of."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class World:
    """What is judged, and what belongs to it. `elsewhere` is the site of what has none."""

    remittances: Sequence[Remittance]
    deposits: Sequence[Deposit]
    by_remittance: dict[int, list[Deposit]]
    listed: Listed
    is_open: IsOpen
    elsewhere: int

    @property
    def paired(self) -> set[int]:
        """The deposits that belong to a remittance."""
        return {deposit.pk for found in self.by_remittance.values() for deposit in found}

    def is_late(self, day: date) -> bool:
        """Whether the other half of what is of this day should be here by the bank's lists."""
        return self.listed.first <= day and self.due_on(day) <= self.listed.last

    def due_on(self, day: date) -> date:
        """The last day on which the other half is not late."""
        return due_on(day, is_open=self.is_open)


def changed(changes: Iterable[Change]) -> World | None:
    """What lists and remittances that changed touch; None where the bank never sent a list."""
    ids: dict[str, set[int]] = {Record.DEPOSIT_LIST: set(), Record.REMITTANCE: set()}
    for change in changes:
        ids[change.record].add(change.record_id)
    new = Deposit.objects.filter(deposit_list=any_id(ids[Record.DEPOSIT_LIST]))
    told = PAYMENTS.filter(pk=any_id(ids[Record.REMITTANCE]))
    lists = DepositList.objects.filter(pk=any_id(ids[Record.DEPOSIT_LIST]))
    days = {day for span in lists.values_list("starts_on", "ends_on") for day in between(*span)}
    days |= {each.paid_on for each in told if each.paid_on is not None}
    traces = {*new.values_list("trace", flat=True), *(each.trace_number for each in told)}
    return around(days, traces - {""})


def around(days: Collection[date], traces: Collection[str]) -> World | None:
    """What stands within reach of some days or bears a trace number, and what belongs to it."""
    span = DepositList.objects.aggregate(first=Min("starts_on"), last=Max("ends_on"))
    if span["first"] is None or not (days or traces):
        return None
    near, wide = reached(days, REACH), reached(days, 2 * REACH)
    by_trace = {each.pk: each for each in PAYMENTS.filter(trace_number=any_text(traces))}
    judged = by_trace | {each.pk: each for each in PAYMENTS.filter(paid_on__in=near)}
    numbers = {*traces, *(each.trace_number for each in judged.values())} - {""}
    deposits = list(
        Deposit.objects.filter(Q(deposited_on__in=wide) | Q(trace=any_text(numbers)))
        .select_related("deposit_list")
        .order_by("pk")
    )
    named = {each.trace for each in deposits} - {""}
    paid = judged | {
        each.pk: each
        for each in PAYMENTS.filter(Q(paid_on__in=wide) | Q(trace_number=any_text(named)))
    }
    elsewhere = Facility.objects.get(key=UNASSIGNED).pk
    is_open = calendars_of([elsewhere])[elsewhere].is_open_on
    return World(
        remittances=list(judged.values()),
        deposits=[each for each in deposits if each.deposited_on in near or each.trace in traces],
        by_remittance=joined(paid.values(), deposits, is_open),
        listed=Listed(span["first"], span["last"]),
        is_open=is_open,
        elsewhere=elsewhere,
    )


def joined(
    paid: Iterable[Remittance], deposits: Iterable[Deposit], is_open: IsOpen
) -> dict[int, list[Deposit]]:
    """The deposits of each remittance, by its key."""
    banked = {each.pk: each for each in deposits}
    halves = map(half_of_remittance, paid), map(half_of_deposit, banked.values())
    return {pk: [banked[each] for each in of] for pk, of in pair(*halves, is_open=is_open).items()}


def half_of_remittance(remittance: Remittance) -> Half:
    """A remittance as one half. Its day is known: others are not looked for."""
    return Half(
        remittance.pk,
        remittance.trace_number,
        remittance.payer_id,
        remittance.amount,
        remittance.currency,
        remittance.paid_on or date.min,
    )


def half_of_deposit(deposit: Deposit) -> Half:
    """A deposit as the other half."""
    return Half(
        deposit.pk,
        deposit.trace,
        deposit.payer_id,
        deposit.amount,
        deposit.deposit_list.currency,
        deposit.deposited_on,
    )


def between(first: date, last: date) -> Iterable[date]:
    """The days from one through another."""
    return (first + timedelta(days=past) for past in range((last - first).days + 1))


def reached(days: Collection[date], reach: timedelta) -> set[date]:
    """Days and all within reach of them."""
    return {day for each in days for day in between(each - reach, each + reach)}
