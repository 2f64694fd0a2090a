"""What people brought to its end, weighted by how much work it was, beside how good it was."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from django.db.models import Count, Q

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from cases.projects.statistics import Interval, Share, wilson
from cases.quality.models import QaSample
from cases.quality.queries import Ended, Weights, ended_between
from cases.work.visibility import LEAD_QUEUE, scope_of

PERIOD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Output:
    """One person's thirty days: cases ended, their weight, the days with at least one of them.

    Hours are not known, so it is per day worked. `agreed` are reviewed samples on which the second
    person came to the same end, with a 95 % interval.
    """

    name: str
    username: str
    ended: int
    weight: Decimal
    days: int
    sampled: int
    agreed: Share
    interval: Interval

    @property
    def per_day(self) -> Decimal:
        """Weight ended per day worked."""
        return self.weight / self.days


def output(reader: User, *, at: datetime, zone: tzinfo) -> list[Output]:
    """Of the queues that somebody leads, most per day first. Four queries for any number."""
    led, sites = scope_ids(reader, LEAD_QUEUE), scope_of(reader).facilities
    by_person: dict[int, list[Ended]] = defaultdict(list)
    for each in ended_between(at - PERIOD, at):
        if each.queue_id in led and each.facility_id in sites:
            by_person[each.resolver_id].append(each)
    weights, quality = Weights.read(), agreement(reader, since=at - PERIOD)
    people = User.objects.filter(pk__in=by_person).order_by("full_name", "username", "pk")
    rows = [
        _output(
            person, by_person[person.pk], weights, quality.get(person.pk, (0, Share(0, 0))), zone
        )
        for person in people
    ]
    return sorted(rows, key=lambda row: -row.per_day)


def agreement(reader: User, *, since: datetime) -> dict[int, tuple[int, Share]]:
    """Samples drawn of each person's cases, and how often the second person agreed. One query."""
    led = scope_ids(reader, LEAD_QUEUE)
    rows = (
        QaSample.objects.visible_to(reader)
        .filter(case__queue__in=led, draw__on__gte=house_day(since))
        .order_by()
        .values_list("resolver")
        .annotate(
            drawn=Count("pk"),
            seen=Count("pk", filter=Q(reviewed_at__isnull=False)),
            same=Count("pk", filter=Q(agrees=True)),
        )
    )
    return {person: (drawn, Share(same, seen)) for person, drawn, seen, same in rows}


def _output(
    person: User,
    ended: list[Ended],
    weights: Weights,
    quality: tuple[int, Share],
    zone: tzinfo,
) -> Output:
    sampled, agreed = quality
    return Output(
        name=str(person),
        username=person.username,
        ended=len(ended),
        weight=sum((weights.of(each.case_type, each.category) for each in ended), start=Decimal(0)),
        days=len({each.resolved_at.astimezone(zone).date() for each in ended}),
        sampled=sampled,
        agreed=agreed,
        interval=wilson(agreed),
    )
