"""A case's life as one table of moves. Pure: no database, no clock.

States and dispositions are those of the trade (denial, appeal and refund work alike). `MOVES` says
from where each verb leads where, what its caller gives and what it clears; `plan` turns one row of
it into the columns to write. The single move and its set-wise twin both write what `plan` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import TextChoices

from billing_portal.kernel.pure.errors import DomainError


class CaseStatus(TextChoices):
    """Where a case stands."""

    NEW = "new", "New"
    TRIAGED = "triaged", "Triaged"
    ASSIGNED = "assigned", "Assigned"
    IN_WORK = "in_work", "In work"
    PENDING_INFO = "pending_info", "Waiting for information"
    PENDING_PAYER = "pending_payer", "Waiting for payer"
    PENDING_APPROVAL = "pending_approval", "Waiting for approval"
    APPEAL = "appeal", "In appeal"
    DEFERRED = "deferred", "Deferred"
    ON_HOLD = "on_hold", "On hold"
    REOPENED = "reopened", "Reopened"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"
    MERGED = "merged", "Merged"
    VOIDED = "voided", "Voided"


class Disposition(TextChoices):
    """How a case ended."""

    CORRECTED_CLAIM_PAID = "corrected_claim_paid", "Corrected claim paid"
    APPEAL_OVERTURNED_FULL = "appeal_overturned_full", "Appeal won in full"
    APPEAL_OVERTURNED_PARTIAL = "appeal_overturned_partial", "Appeal won in part"
    PAID_ON_REPROCESS = "paid_on_reprocess", "Paid when the payer reprocessed it"
    BILLED_SECONDARY = "billed_secondary", "Billed to the secondary payer"
    PATIENT_RESPONSIBILITY = "patient_responsibility", "Patient responsibility"
    WRITTEN_OFF = "written_off", "Written off"
    NOT_A_DENIAL = "not_a_denial", "Not a denial"
    DUPLICATE = "duplicate", "Duplicate"
    RECOUPED = "recouped", "Recouped or agreed"
    REFUNDED = "refunded", "Refunded"
    CREDIT_CORRECTED = "credit_corrected", "Credit corrected: nothing is owed back"
    RELEASED = "released", "Released: nothing stands against it"
    APPROVED_VARIANCE = "approved_variance", "Released as approved"
    RETURNED_TO_VENDOR = "returned_to_vendor", "Returned to the vendor"
    TAKEN_BACK = "taken_back", "Taken back: nothing was booked"
    REVERSED = "reversed", "Reversed by the payer"
    EXPLAINED = "explained", "Explained: nothing to correct"
    MISUSED = "misused", "Misused"
    OPENED_IN_ERROR = "opened_in_error", "Opened in error"
    CORRECTED = "corrected", "Corrected at the source"


FINISHED = frozenset({CaseStatus.RESOLVED, CaseStatus.CLOSED, CaseStatus.MERGED, CaseStatus.VOIDED})
OPEN = frozenset(CaseStatus) - FINISHED
OWNED = frozenset({CaseStatus.ASSIGNED, CaseStatus.IN_WORK})
CLAIMABLE = frozenset({CaseStatus.NEW, CaseStatus.TRIAGED, CaseStatus.REOPENED})
WORKABLE = (
    CLAIMABLE
    | OWNED
    | {CaseStatus.PENDING_INFO, CaseStatus.PENDING_PAYER, CaseStatus.DEFERRED, CaseStatus.ON_HOLD}
)


class Verb(TextChoices):
    """What can be done to a case that changes its row."""

    CLAIM = "claim", "Taken"
    ASSIGN = "assign", "Assigned"
    RELEASE = "release", "Put back"
    TRANSFER = "transfer", "Moved to another queue"
    ROUTE = "route", "Routed"
    DEFER = "defer", "Deferred"
    RETURN = "return", "Back from deferral"
    WAIT_PAYER = "wait_payer", "Waiting for payer"
    WAIT_INFO = "wait_info", "Waiting for information"
    APPEAL = "appeal", "Appeal submitted"
    FOLLOW_UP = "follow_up", "Time to ask the payer"
    RESUME = "resume", "Resumed"
    UPDATE = "update", "Facts updated"
    REQUEST_APPROVAL = "request_approval", "Approval asked for"
    DECIDED = "decided", "Back from approval"
    GRANT = "grant", "Approved"
    VOID = "void", "Voided"
    RESOLVE = "resolve", "Resolved"
    CLOSE = "close", "Closed"
    REOPEN = "reopen", "Reopened"
    MERGE = "merge", "Merged into another case"
    ABSORB = "absorb", "Took another case in"
    SPLIT = "split", "Split"
    GIVE_BACK = "give_back", "Given back to the case it came from"
    UNDO = "undo", "Undone"


SYSTEM_VERBS = frozenset(
    {
        Verb.ROUTE,
        Verb.RETURN,
        Verb.FOLLOW_UP,
        Verb.UPDATE,
        Verb.DECIDED,
        Verb.GRANT,
        Verb.VOID,
        Verb.CLOSE,
    }
)
INDIRECT_VERBS = frozenset({Verb.APPEAL, Verb.REQUEST_APPROVAL, Verb.ABSORB, Verb.GIVE_BACK})
"""What follows from another act: an appeal is submitted, and its case goes with it."""
JOINING_VERBS = frozenset({Verb.MERGE, Verb.ABSORB, Verb.SPLIT})
"""What changes two cases or more at once, and is undone for all of them."""
DUE = frozenset({"first_touch_due_at", "resolve_due_at"})
DEADLINE = frozenset({"deadline_on", "deadline_at"})
FACTS = DEADLINE | {
    "amount_at_risk",
    "details",
    "title",
    "code",
    "category",
    "cycle",
    "facility_id",
    "payer_id",
}
MOVED = DUE | {
    "status",
    "queue_id",
    "owner_id",
    "disposition",
    "deferred_until",
    "first_touched_at",
    "resolved_at",
    "closed_at",
}
"""What verbs of people change, beside the facts that merging and splitting carry over."""
RESTORED = MOVED | FACTS
"""What undoing one restores."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table.

    From `sources` to `target` (None: stays; `owned_target` instead when the case has an owner). The
    caller must give the columns `needs` and may give `takes`, and the due times, since clocks pause
    and resume with any verb; `clears` become empty. `touches` says that a person doing it has
    touched the case; `takes_over` that the case becomes theirs; `restores` that what is given, the
    state among it, is how the case stood before; `leads_back` that it is allowed where the case
    goes, not where it stands: one may have moved it out of one's sight.
    """

    sources: frozenset[CaseStatus]
    target: CaseStatus | None
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()
    owned_target: CaseStatus | None = None
    touches: bool = False
    takes_over: bool = False
    restores: bool = False
    leads_back: bool = False


WAITING = frozenset(
    {
        CaseStatus.PENDING_INFO,
        CaseStatus.PENDING_PAYER,
        CaseStatus.ON_HOLD,
        CaseStatus.DEFERRED,
    }
)
TICKLER = frozenset({"deferred_until"})

MOVES: dict[Verb, Move] = {
    Verb.CLAIM: Move(
        CLAIMABLE | {CaseStatus.ASSIGNED}, CaseStatus.IN_WORK, touches=True, takes_over=True
    ),
    Verb.ASSIGN: Move(WORKABLE, CaseStatus.ASSIGNED, needs=frozenset({"owner_id"}), clears=TICKLER),
    Verb.RELEASE: Move(OWNED, CaseStatus.TRIAGED, clears=frozenset({"owner_id"})),
    Verb.TRANSFER: Move(
        WORKABLE,
        CaseStatus.TRIAGED,
        needs=DUE | {"queue_id"},
        clears=TICKLER | {"owner_id", "first_touched_at"},
    ),
    Verb.ROUTE: Move(CLAIMABLE, None, needs=DUE | {"queue_id"}),
    Verb.DEFER: Move(WORKABLE, CaseStatus.DEFERRED, needs=TICKLER, touches=True),
    Verb.RETURN: Move(
        frozenset({CaseStatus.DEFERRED}),
        CaseStatus.TRIAGED,
        owned_target=CaseStatus.ASSIGNED,
        clears=TICKLER,
    ),
    Verb.WAIT_PAYER: Move(WORKABLE, CaseStatus.PENDING_PAYER, clears=TICKLER, touches=True),
    Verb.WAIT_INFO: Move(WORKABLE, CaseStatus.PENDING_INFO, clears=TICKLER, touches=True),
    Verb.APPEAL: Move(
        WORKABLE,
        CaseStatus.APPEAL,
        needs=DUE | {"queue_id"},
        takes=frozenset({"owner_id"}),
        clears=TICKLER,
        touches=True,
    ),
    Verb.FOLLOW_UP: Move(
        frozenset({CaseStatus.APPEAL, CaseStatus.PENDING_PAYER}),
        CaseStatus.TRIAGED,
        owned_target=CaseStatus.ASSIGNED,
    ),
    Verb.RESUME: Move(
        WAITING | {CaseStatus.APPEAL},
        CaseStatus.IN_WORK,
        clears=TICKLER,
        touches=True,
        takes_over=True,
    ),
    Verb.UPDATE: Move(OPEN, None, takes=FACTS),
    Verb.REQUEST_APPROVAL: Move(
        WORKABLE, CaseStatus.PENDING_APPROVAL, clears=TICKLER, touches=True
    ),
    Verb.DECIDED: Move(
        frozenset({CaseStatus.PENDING_APPROVAL}),
        CaseStatus.TRIAGED,
        owned_target=CaseStatus.ASSIGNED,
    ),
    Verb.GRANT: Move(
        frozenset({CaseStatus.PENDING_APPROVAL}),
        CaseStatus.RESOLVED,
        needs=frozenset({"disposition"}),
    ),
    Verb.VOID: Move(
        frozenset({CaseStatus.PENDING_APPROVAL}),
        CaseStatus.VOIDED,
        needs=frozenset({"disposition"}),
    ),
    Verb.RESOLVE: Move(
        WORKABLE | {CaseStatus.APPEAL},
        CaseStatus.RESOLVED,
        needs=frozenset({"disposition"}),
        clears=TICKLER,
        touches=True,
    ),
    Verb.CLOSE: Move(
        OPEN | {CaseStatus.RESOLVED, CaseStatus.CLOSED},
        CaseStatus.CLOSED,
        needs=frozenset({"disposition"}),
        takes=FACTS,
        clears=TICKLER,
    ),
    Verb.REOPEN: Move(
        frozenset({CaseStatus.RESOLVED, CaseStatus.CLOSED}),
        CaseStatus.REOPENED,
        needs=DUE,
        takes=FACTS,
        clears=frozenset(
            {"disposition", "resolved_at", "closed_at", "owner_id", "first_touched_at"}
        ),
    ),
    Verb.MERGE: Move(WORKABLE, CaseStatus.MERGED, needs=frozenset({"disposition"}), clears=TICKLER),
    Verb.ABSORB: Move(WORKABLE, None, takes=FACTS),
    Verb.SPLIT: Move(WORKABLE, None, takes=FACTS),
    Verb.GIVE_BACK: Move(
        frozenset({CaseStatus.NEW}),
        CaseStatus.MERGED,
        needs=frozenset({"disposition", "queue_id"}),
        leads_back=True,
    ),
    Verb.UNDO: Move(frozenset(CaseStatus), None, takes=RESTORED, restores=True, leads_back=True),
}


class MoveRefused(DomainError):
    """The case's state does not allow what was asked, or something it needs was not given."""

    code = "move_refused"


class AlreadyTaken(DomainError):
    """The case is in somebody else's hands."""

    code = "already_taken"


class Standing(Protocol):
    """What `plan` must know of a case."""

    status: str
    owner_id: int | None
    first_touched_at: datetime | None
    resolved_at: datetime | None


def may(verb: Verb, status: CaseStatus) -> bool:
    """Whether a case in this state can take this verb."""
    return status in MOVES[verb].sources


def verbs_for(status: CaseStatus) -> list[Verb]:
    """The verbs that a person can do to a case in this state, in the table's order.

    But for undoing, which its history allows and not its state.
    """
    others = SYSTEM_VERBS | INDIRECT_VERBS
    offered = [verb for verb in MOVES if verb not in others and not MOVES[verb].restores]
    return [verb for verb in offered if may(verb, status)]


def after(verb: Verb, status: CaseStatus, *, owned: bool = False) -> CaseStatus:
    """The state a verb leads to."""
    move = MOVES[verb]
    if owned and move.owned_target is not None:
        return move.owned_target
    return move.target or status


def plan(
    verb: Verb,
    standing: Standing,
    *,
    by: int,
    is_person: bool,
    at: datetime,
    changes: Mapping[str, Any],
) -> dict[str, Any]:
    """The columns that a verb writes, by column name.

    Raises MoveRefused when the table does not allow it, AlreadyTaken when a claim is late. A verb
    given the same changes writes the same columns whatever the case, so that many cases can be
    written by one statement.
    """
    move = MOVES[verb]
    if verb is Verb.CLAIM and standing.owner_id not in {None, by}:
        message = "Somebody else has taken this case."
        raise AlreadyTaken(message)
    _check(verb, standing, changes)
    if move.restores:
        return {"status": standing.status, **changes}
    columns: dict[str, Any] = dict.fromkeys(move.clears) | dict(changes)
    columns["status"] = after(
        verb, CaseStatus(standing.status), owned=standing.owner_id is not None
    )
    if move.takes_over:
        columns["owner_id"] = by
    if move.touches:
        columns["first_touched_at"] = standing.first_touched_at or (at if is_person else None)
    if columns["status"] in FINISHED:
        columns["resolved_at"] = standing.resolved_at or at
    if columns["status"] == CaseStatus.CLOSED:
        columns["closed_at"] = at
    return columns


def _check(verb: Verb, standing: Standing, changes: Mapping[str, Any]) -> None:
    move, status = MOVES[verb], CaseStatus(standing.status)
    if status not in move.sources:
        message = f"A case that is “{status.label}” cannot become “{verb.label}”."
        raise MoveRefused(message)
    missing = sorted(name for name in move.needs if changes.get(name) is None)
    if missing:
        message = f"“{verb.label}” needs {', '.join(missing)}."
        raise MoveRefused(message)
    foreign = sorted(set(changes) - move.needs - move.takes - DUE)
    if foreign:
        message = f"“{verb.label}” does not set {', '.join(foreign)}."
        raise MoveRefused(message)
