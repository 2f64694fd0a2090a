"""Payments and deposits around some days, and which belong together.

Only what the bank's lists speak of is judged: without lists of every account, from the first day on
which a deposit may have come to the last on which it is not late, nobody can say that it lacks.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q

from cases.actions.opening import UNASSIGNED
from cases.sla.services.targets import calendars_of
from cases.types.deposit_variance.rules import Half, IsOpen, due_on, pair, since_on
from cases.work.sets import any_id, any_text
from cases.work.types import Change
from integrations.canonical.models import Deposit, DepositList, Facility, Remittance
from integrations.feed.models import Record
from integrations.ports.deposits import EARLIEST

REACH = timedelta(days=10)
"""Longer than the halves of a payment may be apart, holidays included."""
QUIET = timedelta(days=45)
"""A month and the days until its statement comes: an account may be silent for so long."""
PLAUSIBLE = EARLIEST, date(9000, 1, 1)
"""A payment of an earlier or later day is not looked for: its year was written wrong."""
PAYMENTS = Remittance.objects.filter(paid_on__range=PLAUSIBLE, amount__gt=0)
LISTED = """
WITH account AS (
    SELECT max(ends_on) AS last,
           range_agg(daterange(starts_on, ends_on + %(quiet)s, '[]')) AS spans
    FROM integrations_depositlist
    WHERE id < %(before)s OR %(before)s IS NULL
    GROUP BY account_digest
), house AS (SELECT max(last) AS newest FROM account)
SELECT max((SELECT max(lower(span)) FROM unnest(spans) AS span)), min(last), newest
FROM account, house WHERE last >= newest - %(quiet)s GROUP BY newest
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """The first and last day that the lists of all accounts speak of, and the last that any does.

    Days between two lists of an account count as listed, if they are no more than `QUIET`: a bank
    lists no day without deposits. What is farther apart from the newest lists counts for nothing,
    nor does an account that is silent for longer than the others' newest: it was closed.
    """

    first: date
    last: date
    newest: date


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
        """Whether the other half of what is of this day should be here, by the lists' time."""
        return self.due_on(day) <= self.listed.newest

    def is_listed(self, day: date) -> bool:
        """Whether the lists hold every deposit that a payment of this day may have come by."""
        first = since_on(day, is_open=self.is_open)
        return self.listed.first <= first and self.due_on(day) <= self.listed.last

    def due_on(self, day: date) -> date:
        """The last day on which the other half is not late."""
        return due_on(day, is_open=self.is_open)


def listed(*, before: int | None = None) -> Listed | None:
    """What the lists speak of, or those before one; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED, {"quiet": QUIET.days, "before": before})
        row = cursor.fetchone()
    return Listed(*row) if row else None


def changed(changes: Iterable[Change]) -> World | None:
    """What lists and remittances that changed touch; None where the bank never sent a list."""
    ids: dict[str, set[int]] = {Record.DEPOSIT_LIST: set(), Record.REMITTANCE: set()}
    for change in changes:
        ids[change.record].add(change.record_id)
    now = listed()
    if now is None:
        return None
    new = Deposit.objects.filter(deposit_list=any_id(ids[Record.DEPOSIT_LIST]))
    told = PAYMENTS.filter(pk=any_id(ids[Record.REMITTANCE]))
    traces = {*new.values_list("trace", flat=True), *(each.trace_number for each in told)} - {""}
    days = {each.paid_on for each in told if each.paid_on is not None}
    days |= days_of(ids[Record.DEPOSIT_LIST], now)
    return around(days, traces, now) if days or traces else None


def days_of(list_ids: Collection[int], now: Listed) -> set[date]:
    """The days that new lists speak of, and those of which more is known since they came."""
    if not list_ids:
        return set()
    lists = DepositList.objects.filter(pk=any_id(list_ids))
    spans = [*lists.values_list("starts_on", "ends_on")]
    before = listed(before=min(list_ids))
    if before is None:
        spans += [(now.first, now.newest)]
    else:
        spans += [(before.last, now.last), (before.newest, now.newest), (now.first, before.first)]
    return {day for span in spans for day in between(*span)}


def around(days: Collection[date], traces: Collection[str], listed: Listed) -> World:
    """What stands within reach of some days or bears a trace number, and what belongs to it."""
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
        listed=listed,
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
