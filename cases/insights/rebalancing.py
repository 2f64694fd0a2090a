"""Who could take what in a queue: people, their reach, what they hold, and an even spread of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import bulking
from cases.bulk.models import Batch
from cases.insights.queries import led_by
from cases.insights.spreading import Bar, Item, Reach, spread
from cases.priority.models import Capacity
from cases.priority.queries import skills_of_many
from cases.quality.queries import Weights
from cases.work.lifecycle import CLAIMABLE, OWNED
from cases.work.models import Case, Queue
from cases.work.queries import workers_of
from cases.work.visibility import sites_of


class TooFewPeople(DomainError):
    """With one person there is nothing to share."""

    code = "too_few_people"


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

    Four queries. Skills and capacity are those that taking the next case goes by.
    """
    skills, room = skills_of_many(people), room_of(people, queue)
    return {
        pk: Reach(sites, skills[pk].categories, skills[pk].payers, room.get(pk))
        for pk, sites in sites_of(people).items()
    }


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
    """Who gets which cases so that the weight is even, and who is left out. Six queries.

    Raises TooFewPeople.
    """
    if len({user.pk for user in people}) < 2:
        message = "Choose at least two people."
        raise TooFewPeople(message)
    found = holdings(reader, queue)
    reach = reach_of([user.pk for user in people], queue)
    plan = spread(found.held, found.free if with_free else (), reach)
    given: dict[int, list[int]] = defaultdict(list)
    for move in plan.moves:
        given[move.to].append(move.item.case_id)
    return Proposal(dict(given), plan.barred)


@dataclass(frozen=True, slots=True)
class Share:
    """What one person has, gives, gets at which value, and has then; how many cannot go to them."""

    user: User
    has: int
    gives: int
    gets: int
    amount: Decimal
    then: int
    left: int


def shares(reader: User, batches: Sequence[Batch]) -> list[Share]:
    """What each person of some frozen shares has, gives and gets, judged as of now, by name.

    What cannot go is given by nobody: no case is counted with two people, or with none.
    """
    gets: Counter[int] = Counter()
    left: Counter[int] = Counter()
    amounts: defaultdict[int, Decimal] = defaultdict(Decimal)
    gives: Counter[int | None] = Counter()
    queues: set[int] = set()
    for batch in batches:
        found, to = bulking.preview(batch=batch), batch.arguments["owner_id"]
        gets[to] += found.cases
        left[to] += found.skipped.total()
        amounts[to] += found.amount
        for (queue_id, owner_id), cases in found.hands.items():
            gives[owner_id] += cases
            queues.add(queue_id)
    has = open_of(reader, queues)
    people = User.objects.filter(pk__in={*gets, *filter(None, gives)})
    return [
        Share(
            user=user,
            has=has[user.pk],
            gives=gives[user.pk],
            gets=gets[user.pk],
            amount=amounts[user.pk],
            then=has[user.pk] - gives[user.pk] + gets[user.pk],
            left=left[user.pk],
        )
        for user in people.order_by("full_name", "username", "pk")
    ]


def open_of(reader: User, queues: Collection[int]) -> Counter[int | None]:
    """How many open cases of some queues each person has. One query."""
    cases = led_by(reader).filter(queue__in=queues).order_by()
    return Counter(dict(cases.values_list("owner").annotate(n=Count("pk"))))
