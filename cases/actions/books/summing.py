"""From counted groups of cases to a back-test's report."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from billing_portal.accounts.models import User
from cases.actions.books.simulating import Group
from cases.actions.books.spans import Period
from cases.editions.reports import BacktestReport, Exposed, Load, Moved, Sample, Share
from cases.work.models import Case, Queue, QueueGroupObjectPermission

Words = Callable[[Group], tuple[str, str]]
TENTH = Decimal("0.1")
MOST_SAMPLES = 40


def summed(
    groups: Sequence[Group], *, period: Period, words: Words, conflicts: Iterable[str] = ()
) -> BacktestReport:
    """The report of a trial; `words` says of a group how it was and would be treated."""
    before = _per_queue(groups, lambda g: g.was_queue, lambda g: g.breached_before)
    after = _per_queue(groups, lambda g: g.would_queue, lambda g: g.breached_after)
    names = dict(Queue.objects.order_by("position", "pk").values_list("pk", "name"))
    return BacktestReport(
        since=period.since.date(),
        until=period.until.date(),
        cases=sum(g.cases for g in groups),
        changed=sum(g.changed for g in groups),
        breached_before=sum(g.breached_before for g in groups),
        breached_after=sum(g.breached_after for g in groups),
        exposed=_exposed(groups),
        moves=_moves(groups, words),
        queues=tuple(
            Load(name, before[pk][0], after[pk][0], before[pk][1], after[pk][1])
            for pk, name in names.items()
            if pk in before or pk in after
        ),
        people=_shares(
            {pk: cases for pk, (cases, _) in before.items()},
            {pk: cases for pk, (cases, _) in after.items()},
        ),
        samples=_samples(groups, words),
        conflicts=tuple(conflicts),
    )


def _per_queue(
    groups: Iterable[Group], queue: Callable[[Group], int], breached: Callable[[Group], int]
) -> defaultdict[int, tuple[int, int]]:
    """Cases and breaches by queue."""
    found: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for group in groups:
        cases, late = found[queue(group)]
        found[queue(group)] = cases + group.cases, late + breached(group)
    return found


def _exposed(groups: Iterable[Group]) -> tuple[Exposed, ...]:
    found: Counter[str] = Counter()
    for group in groups:
        if group.changed:
            found[group.currency] += group.changed_amount  # type: ignore[assignment]  # sums Decimals
    return tuple(Exposed(currency, Decimal(amount)) for currency, amount in sorted(found.items()))


def _moves(groups: Iterable[Group], words: Words) -> tuple[Moved, ...]:
    """What changed, most cases first."""
    found: dict[tuple[str, str, str], tuple[int, Decimal]] = {}
    for group in groups:
        if group.changed:
            key = (*words(group), group.currency)
            cases, amount = found.get(key, (0, Decimal(0)))
            found[key] = cases + group.changed, amount + group.changed_amount
    moves = [Moved(*key, cases, amount) for key, (cases, amount) in found.items()]
    return tuple(
        sorted(moves, key=lambda move: (-move.cases, move.before, move.after, move.currency))
    )


def _samples(groups: Iterable[Group], words: Words) -> tuple[Sample, ...]:
    """The largest and the newest case of what changed, group by group."""
    wanted: dict[int, tuple[str, str]] = {}
    for group in sorted(groups, key=lambda g: (-g.changed_amount, g.largest or 0)):
        for pk in (group.largest, group.newest):
            if pk is not None:
                wanted.setdefault(pk, words(group))
    chosen = dict(list(wanted.items())[:MOST_SAMPLES])
    ids = dict(Case.objects.filter(pk__in=chosen).values_list("pk", "public_id"))
    return tuple(Sample(str(ids[pk]), *said) for pk, said in chosen.items())


def _shares(before: Mapping[int, int], after: Mapping[int, int]) -> tuple[Share, ...]:
    """Each queue's cases shared evenly among those who work it."""
    workers = workers_of({*before, *after})
    found: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for queue_id, usernames in workers.items():
        for username in usernames:
            found[username][0] += Decimal(before.get(queue_id, 0)) / len(usernames)
            found[username][1] += Decimal(after.get(queue_id, 0)) / len(usernames)
    return tuple(
        Share(username, was.quantize(TENTH), would.quantize(TENTH))
        for username, (was, would) in sorted(found.items())
    )


def workers_of(queue_ids: Iterable[int]) -> dict[int, list[str]]:
    """Who may work each queue: active people whose groups were granted it."""
    held = (
        QueueGroupObjectPermission.objects.filter(
            permission__codename="work_queue",
            content_object__in=list(queue_ids),
            group__user__in=User.objects.filter(is_active=True, kind="person"),
        )
        .order_by("content_object_id", "group__user__username")
        .values_list("content_object_id", "group__user__username")
        .distinct()
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for queue_id, username in held:
        found[queue_id].append(username)
    return dict(found)
