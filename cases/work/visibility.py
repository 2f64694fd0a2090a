"""Which queues and facilities a person's groups were granted, and what that lets them do.

Read once a request, turned into keys.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet

from billing_portal.access.duties import READS_ONLY
from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User, UserKind
from billing_portal.kernel.pure.errors import DomainError
from cases.work.lifecycle import SYSTEM_VERBS, Verb

VIEW_QUEUE = "cases.view_queue"
WORK_QUEUE = "cases.work_queue"
LEAD_QUEUE = "cases.lead_queue"
VIEW_FACILITY = "integrations.view_facility"

SYSTEMS: dict[str, frozenset[Verb]] = {
    "system:detection": frozenset({Verb.UPDATE, Verb.CLOSE, Verb.REOPEN, Verb.ROUTE}),
    "system:tickler": frozenset({Verb.RETURN}),
    "system:clocks": frozenset({Verb.UPDATE}),
    "system:deadlines": frozenset({Verb.UPDATE}),
    "system:appeals": frozenset({Verb.FOLLOW_UP}),
    "system:approvals": frozenset({Verb.REQUEST_APPROVAL, Verb.DECIDED, Verb.GRANT, Verb.VOID}),
    "system:idle": frozenset({Verb.RELEASE}),
    "system:ledger": frozenset({Verb.CLOSE}),
    "system:refunds": frozenset({Verb.UPDATE}),
}


class CaseNotFound(DomainError):
    """There is no such case for this person: what they may not see is not there (HTTP 404)."""

    code = "case_not_found"


class MayNotWork(DomainError):
    """This person sees the case and may not change it (HTTP 403)."""

    code = "may_not_work"


class Placed(Protocol):
    """Anything that stands in a queue and a facility."""

    @property
    def queue_id(self) -> int:
        """Its queue."""

    @property
    def facility_id(self) -> int:
        """Its facility."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A queue and a facility where something stands, stood or will stand."""

    queue_id: int
    facility_id: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Primary keys of the queues and facilities that somebody may see."""

    queues: frozenset[int]
    facilities: frozenset[int]


def scope_of(user: User) -> Scope:
    """What this person may see; empty for an inactive one."""
    return Scope(queues=scope_ids(user, VIEW_QUEUE), facilities=scope_ids(user, VIEW_FACILITY))


def may_see(user: User, case: Placed) -> bool:
    """Whether this person may see a case: its queue and its facility."""
    scope = scope_of(user)
    return case.queue_id in scope.queues and case.facility_id in scope.facilities


def may_work(user: User, *, queue_id: int) -> bool:
    """Whether this person may change the cases of a queue."""
    return queue_id in scope_ids(user, WORK_QUEUE)


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who leads a queue, and the facilities whose cases they see."""

    user_id: int
    facilities: frozenset[int]


def leads_of(*, queue_ids: Collection[int]) -> dict[int, list[Lead]]:
    """Who leads each of these queues. Two queries for any number of queues."""
    led = User.objects.filter(
        is_active=True,
        groups__queuegroupobjectpermission__content_object__in=queue_ids,
        groups__queuegroupobjectpermission__permission__codename=LEAD_QUEUE.split(".")[1],
    ).values_list("groups__queuegroupobjectpermission__content_object", "pk")
    pairs = set(led)
    sites = sites_of({user_id for _, user_id in pairs})
    found: dict[int, list[Lead]] = defaultdict(list)
    for queue_id, user_id in sorted(pairs):
        found[queue_id].append(Lead(user_id, sites[user_id]))
    return found


def sites_of(people: Collection[int]) -> dict[int, frozenset[int]]:
    """The facilities whose cases each of some people sees, by primary keys. One query."""
    seen = User.objects.filter(
        pk__in=people,
        groups__facilitygroupobjectpermission__permission__codename=VIEW_FACILITY.split(".")[1],
    ).values_list("pk", "groups__facilitygroupobjectpermission__content_object")
    found: dict[int, set[int]] = {pk: set() for pk in people}
    for person, facility in seen:
        found[person].add(facility)
    return {person: frozenset(facilities) for person, facilities in found.items()}


def those_who_see(case: Placed) -> QuerySet[User]:
    """Everybody active whose groups were granted the queue and the facility of a case."""
    in_queue = User.objects.filter(
        is_active=True,
        groups__queuegroupobjectpermission__content_object=case.queue_id,
        groups__queuegroupobjectpermission__permission__codename=VIEW_QUEUE.split(".")[1],
    )
    return in_queue.filter(
        groups__facilitygroupobjectpermission__content_object=case.facility_id,
        groups__facilitygroupobjectpermission__permission__codename=VIEW_FACILITY.split(".")[1],
    ).distinct()


def require_sight(user: User, case: Placed) -> None:
    """Raises CaseNotFound unless this person may see the case."""
    if not may_see(user, case):
        message = "There is no such case."
        raise CaseNotFound(message)


def require_voice(user: User, case: Placed) -> None:
    """Raises CaseNotFound or MayNotWork unless this person may say something about the case.

    Whoever sees it may, but for auditors: they never write.
    """
    require_sight(user, case)
    if READS_ONLY in user.role_names:
        message = "Your role reads and writes nothing."
        raise MayNotWork(message)


def require_work(user: User, case: Placed) -> None:
    """Raises CaseNotFound or MayNotWork unless this person may change the case."""
    require_sight(user, case)
    if not may_work(user, queue_id=case.queue_id):
        message = "Your groups may see this queue but not work it. Its lead can change that."
        raise MayNotWork(message)


def require_verb(user: User, case: Placed, verb: Verb) -> None:
    """Raises CaseNotFound or MayNotWork unless this actor may do this to the case.

    A system does its own verbs everywhere and no others; people and services do theirs where
    their groups were granted the queue and the facility.
    """
    if user.kind == UserKind.SYSTEM:
        if verb not in SYSTEMS.get(user.username, frozenset()):
            message = f"{user} does not do “{verb.label}”."
            raise MayNotWork(message)
        return
    require_work(user, case)
    if verb in SYSTEM_VERBS:
        message = f"“{verb.label}” is not done by hand."
        raise MayNotWork(message)
