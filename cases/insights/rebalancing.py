"""Who could take what in a queue: people, their reach, what they hold, and an even spread of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from cases.insights.queries import led_by
from cases.insights.spreading import Item, spread
from cases.quality.queries import Weights
from cases.work.lifecycle import CLAIMABLE, OWNED
from cases.work.models import Queue
from cases.work.queries import workers_of
from integrations.canonical.models import FacilityGroupObjectPermission


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who works the queue, with what they hold of it."""

    user: User
    cases: int
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Holdings:
    """The movable cases of a queue: by owner, and with nobody. Latest due first."""

    held: Mapping[int, list[Item]]
    free: list[Item]


def candidates(reader: User, queue: Queue) -> list[Candidate]:
    """The people of a queue and what each holds. Three queries."""
    held = holdings(reader, queue).held
    return [
        Candidate(
            user,
            len(held.get(user.pk, ())),
            sum((item.weight for item in held.get(user.pk, ())), start=Decimal(0)),
        )
        for user in workers_of(queue)
    ]


def holdings(reader: User, queue: Queue) -> Holdings:
    """What can move: assigned or in work and nobody is at it right now, or waiting for anybody.

    What is due last stands first, so that what is urgent stays with who knows it.
    """
    weights = Weights.read()
    held: dict[int, list[Item]] = defaultdict(list)
    free: list[Item] = []
    is_idle = Q(lease=None) | Q(lease__until__lte=Now())
    movable = (
        led_by(reader)
        .filter(queue=queue)
        .filter(Q(status__in=sorted(OWNED)) & is_idle | Q(status__in=sorted(CLAIMABLE), owner=None))
    )
    rows = movable.order_by("-resolve_due_at", "pk").values_list(
        "pk", "facility_id", "case_type", "category", "owner_id"
    )
    for pk, facility_id, case_type, category, owner_id in rows:
        item = Item(pk, facility_id, weights.of(case_type, category))
        place = held[owner_id] if owner_id else free
        place.append(item)
    return Holdings(held, free)


def reach_of(people: Collection[int]) -> dict[int, frozenset[int]]:
    """At which facilities each of some people may work. One query."""
    found: dict[int, set[int]] = {pk: set() for pk in people}
    rows = FacilityGroupObjectPermission.objects.filter(
        group__user__in=people, permission__codename="view_facility"
    )
    for person, facility in rows.values_list("group__user", "content_object_id"):
        found[person].add(facility)
    return {pk: frozenset(facilities) for pk, facilities in found.items()}


def proposal(
    reader: User, *, queue: Queue, people: Collection[User], with_free: bool
) -> dict[int, list[int]]:
    """Who gets which cases so that the weight is even, by primary keys. Three queries."""
    found = holdings(reader, queue)
    reach = reach_of([user.pk for user in people])
    given: dict[int, list[int]] = defaultdict(list)
    for move in spread(found.held, found.free if with_free else (), reach):
        given[move.to].append(move.item.case_id)
    return dict(given)
