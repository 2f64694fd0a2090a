"""Which cases of a selection a verb will change, and why it leaves the others. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cases.bulk.models import BulkVerb, Why
from cases.work.lifecycle import CaseStatus, Disposition, Verb, may

MOVES = {
    BulkVerb.ASSIGN: Verb.ASSIGN,
    BulkVerb.TRANSFER: Verb.TRANSFER,
    BulkVerb.DEFER: Verb.DEFER,
    BulkVerb.WAIT_PAYER: Verb.WAIT_PAYER,
    BulkVerb.WAIT_INFO: Verb.WAIT_INFO,
    BulkVerb.RELEASE: Verb.RELEASE,
    BulkVerb.RESOLVE: Verb.RESOLVE,
}
SAID = {BulkVerb.COMMENT}  # done beside a case: its state and version do not matter
STUCK_ON = {BulkVerb.LABEL}  # beside it as well, by who works its queue


@dataclass(frozen=True, slots=True)
class Reach:
    """The queues and facilities that somebody sees, and the queues that they may work."""

    queues: frozenset[int]
    facilities: frozenset[int]
    workable: frozenset[int]


@dataclass(frozen=True, slots=True)
class Standing:
    """What judging must know of a case."""

    queue_id: int
    facility_id: int
    case_type: str
    status: CaseStatus
    owner_id: int | None
    version: int
    is_busy: bool
    is_so: bool = False
    deadline_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be done, by somebody of some reach, with what the verb takes.

    `dispositions` are the case types' own; `owner` is the new owner's reach, `owner_id` their key;
    `labelled` are the queues whose cases may carry the label, `given` those whose next case is
    given to who does it, `by_id`, and `until` is when the cases come back.
    """

    verb: BulkVerb
    reach: Reach
    owner_id: int | None = None
    owner: Reach | None = None
    queue_id: int | None = None
    disposition: Disposition | None = None
    dispositions: dict[str, tuple[Disposition, ...]] = field(default_factory=dict)
    labelled: frozenset[int] = frozenset()
    by_id: int | None = None
    given: frozenset[int] = frozenset()
    until: datetime | None = None


def judge(terms: Terms, standing: Standing, seen_version: int) -> Why:
    """Why a case is left as it is; NONE when it will be changed. The first reason that holds."""
    checks = BESIDE.get(terms.verb, ALL)
    return next((why for why, holds in checks if holds(terms, standing, seen_version)), Why.NONE)


def _is_unseen(terms: Terms, case: Standing, _seen: int) -> bool:
    reach = terms.reach
    return case.queue_id not in reach.queues or case.facility_id not in reach.facilities


def _is_forbidden(terms: Terms, case: Standing, _seen: int) -> bool:
    return case.queue_id not in terms.reach.workable


def _is_stale(_terms: Terms, case: Standing, seen: int) -> bool:
    return case.version != seen


def _waits_for_approval(_terms: Terms, case: Standing, _seen: int) -> bool:
    return case.status is CaseStatus.PENDING_APPROVAL


def _is_elsewhere(terms: Terms, case: Standing, _seen: int) -> bool:
    return not may(MOVES[terms.verb], case.status)


def _is_busy(_terms: Terms, case: Standing, _seen: int) -> bool:
    return case.is_busy


def _is_labelled_otherwise(terms: Terms, case: Standing, _seen: int) -> bool:
    return case.queue_id not in terms.labelled


def _is_so_already(terms: Terms, case: Standing, _seen: int) -> bool:
    if case.is_so:
        return True
    if terms.verb is BulkVerb.ASSIGN:
        return case.owner_id == terms.owner_id and case.status is CaseStatus.ASSIGNED
    return terms.verb is BulkVerb.TRANSFER and case.queue_id == terms.queue_id


def _is_given(terms: Terms, case: Standing, _seen: int) -> bool:
    is_chosen = terms.verb is BulkVerb.ASSIGN and case.owner_id != terms.by_id
    return is_chosen and case.queue_id in terms.given


def _is_not_theirs(terms: Terms, case: Standing, _seen: int) -> bool:
    owner = terms.owner
    return owner is not None and (
        case.queue_id not in owner.queues & owner.workable
        or case.facility_id not in owner.facilities
    )


def _ends_otherwise(terms: Terms, case: Standing, _seen: int) -> bool:
    offered = terms.dispositions.get(case.case_type, ())
    return terms.disposition is not None and terms.disposition not in offered


def _is_past_its_deadline(terms: Terms, case: Standing, _seen: int) -> bool:
    if terms.until is None or case.deadline_at is None:
        return False
    return terms.until > case.deadline_at


Check = tuple[Why, Callable[[Terms, Standing, int], bool]]
IN_SIGHT: tuple[Check, ...] = ((Why.UNSEEN, _is_unseen),)
BESIDE: dict[BulkVerb, tuple[Check, ...]] = {
    **dict.fromkeys(SAID, IN_SIGHT),
    **dict.fromkeys(
        STUCK_ON,
        (
            *IN_SIGHT,
            (Why.PERMISSION, _is_forbidden),
            (Why.LABEL, _is_labelled_otherwise),
            (Why.ALREADY, _is_so_already),
        ),
    ),
}
ALL: tuple[Check, ...] = (
    *IN_SIGHT,
    (Why.PERMISSION, _is_forbidden),
    (Why.STALE, _is_stale),
    (Why.APPROVAL, _waits_for_approval),
    (Why.STATE, _is_elsewhere),
    (Why.BUSY, _is_busy),
    (Why.ALREADY, _is_so_already),
    (Why.PICK, _is_given),
    (Why.OWNER, _is_not_theirs),
    (Why.DISPOSITION, _ends_otherwise),
    (Why.DEADLINE, _is_past_its_deadline),
)
