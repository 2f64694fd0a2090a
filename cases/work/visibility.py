"""Which queues and facilities a person's groups were granted.

Read once a request, turned into keys.
"""

from dataclasses import dataclass

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User

VIEW_QUEUE = "cases.view_queue"
WORK_QUEUE = "cases.work_queue"
LEAD_QUEUE = "cases.lead_queue"
VIEW_FACILITY = "integrations.view_facility"


@dataclass(frozen=True, slots=True)
class Scope:
    """Primary keys of the queues and facilities that somebody may see."""

    queues: frozenset[int]
    facilities: frozenset[int]


def scope_of(user: User) -> Scope:
    """What this person may see; empty for an inactive one."""
    return Scope(queues=scope_ids(user, VIEW_QUEUE), facilities=scope_ids(user, VIEW_FACILITY))


def may_work(user: User, *, queue_id: int) -> bool:
    """Whether this person may change the cases of a queue."""
    return queue_id in scope_ids(user, WORK_QUEUE)
