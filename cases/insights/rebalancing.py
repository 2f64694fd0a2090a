"""Who could take what in a queue: people, their reach, what they hold, and an even spread of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from cases.insights.queries import led_by
from cases.insights.spreading import Bar, Item, Reach, spread
from cases.priority.models import Capacity, Skill
from cases.quality.queries import Weights
from cases.work.lifecycle import CLAIMABLE, OWNED
from cases.work.models import Case, Queue
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
        "pk", "facility_id", "case_type", "category", "payer_id", "owner_id"
    )
    for pk, facility_id, case_type, category, payer_id, owner_id in rows:
        weight = weights.of(case_type, category)
        item = Item(pk, facility_id, weight, category, payer_id)
        place = held[owner_id] if owner_id else free
        place.append(item)
    return Holdings(held, free)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who gets which cases, by primary keys; and from how many each person is kept, by what."""

    given: dict[int, list[int]]
    barred: dict[int, dict[Bar, int]]


def reach_of(people: Collection[int], queue: Queue) -> dict[int, Reach]:
    """Where each of some people may work, what they can, how many more they can hold.

    Five queries. Skills and capacity are those that taking the next case goes by.
    """
    sites: dict[int, set[int]] = {pk: set() for pk in people}
    rows = FacilityGroupObjectPermission.objects.filter(
        group__user__in=people, permission__codename="view_facility"
    )
    for person, facility in rows.values_list("group__user", "content_object_id"):
        sites[person].add(facility)
    categories, payers = skills_of_many(people)
    room = room_of(people, queue)
    return {
        pk: Reach(
            frozenset(facilities), frozenset(categories[pk]), frozenset(payers[pk]), room.get(pk)
        )
        for pk, facilities in sites.items()
    }


def skills_of_many(
    people: Collection[int],
) -> tuple[Mapping[int, set[str]], Mapping[int, set[int]]]:
    """The categories and the payers of each person, their own and their groups'. Two queries."""
    categories: dict[int, set[str]] = defaultdict(set)
    payers: dict[int, set[int]] = defaultdict(set)
    for whose in ("person", "group__user"):
        rows = Skill.objects.filter(**{f"{whose}__in": people})
        for person, category, payer in rows.values_list(whose, "category", "payer"):
            if category:
                categories[person].add(category)
            else:
                payers[person].add(payer)
    return categories, payers


def room_of(people: Collection[int], queue: Queue) -> dict[int, int]:
    """How many more cases of a queue each person can hold; without a limit, none is named.

    Two queries.
    """
    own = Capacity.objects.filter(queue=queue, person__in=people)
    most = dict.fromkeys(people, queue.capacity) | dict(own.values_list("person", "cases"))
    owned = Case.objects.filter(queue=queue, owner__in=people, status__in=sorted(OWNED))
    held = dict(owned.order_by().values_list("owner").annotate(n=Count("pk")))
    return {
        person: cases - held.get(person, 0) for person, cases in most.items() if cases is not None
    }


def proposal(reader: User, *, queue: Queue, people: Collection[User], with_free: bool) -> Proposal:
    """Who gets which cases so that the weight is even, and who is left out. Seven queries."""
    found = holdings(reader, queue)
    reach = reach_of([user.pk for user in people], queue)
    plan = spread(found.held, found.free if with_free else (), reach)
    given: dict[int, list[int]] = defaultdict(list)
    for move in plan.moves:
        given[move.to].append(move.item.case_id)
    return Proposal(dict(given), plan.barred)
