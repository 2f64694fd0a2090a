"""A case's life as one table of moves. Pure: no database, no clock.

States and dispositions are those of the trade (denial, appeal and refund work alike); what a verb
may change stands beside it.
"""

from dataclasses import dataclass, field

from django.db.models import TextChoices


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
    REVERSED = "reversed", "Reversed by the payer"
    EXPLAINED = "explained", "Explained: nothing to correct"
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
    RESUME = "resume", "Resumed"
    UPDATE = "update", "Facts updated"
    RESOLVE = "resolve", "Resolved"
    CLOSE = "close", "Closed"
    REOPEN = "reopen", "Reopened"


@dataclass(frozen=True, slots=True)
class Move:
    """From which states a verb leads where (None: stays), and which columns it may set."""

    sources: frozenset[CaseStatus]
    target: CaseStatus | None
    sets: frozenset[str] = field(default_factory=frozenset)


MOVES: dict[Verb, Move] = {
    Verb.CLAIM: Move(CLAIMABLE, CaseStatus.IN_WORK, frozenset({"owner", "first_touched_at"})),
    Verb.ASSIGN: Move(WORKABLE, CaseStatus.ASSIGNED, frozenset({"owner", "deferred_until"})),
    Verb.RELEASE: Move(OWNED, CaseStatus.TRIAGED, frozenset({"owner"})),
    Verb.TRANSFER: Move(
        WORKABLE,
        CaseStatus.TRIAGED,
        frozenset(
            {
                "queue",
                "owner",
                "first_touch_due_at",
                "resolve_due_at",
                "first_touched_at",
                "deferred_until",
            }
        ),
    ),
    Verb.ROUTE: Move(
        CLAIMABLE,
        CaseStatus.TRIAGED,
        frozenset({"queue", "facility", "first_touch_due_at", "resolve_due_at"}),
    ),
    Verb.DEFER: Move(
        WORKABLE, CaseStatus.DEFERRED, frozenset({"deferred_until", "first_touched_at"})
    ),
    Verb.RETURN: Move(
        frozenset({CaseStatus.DEFERRED}), CaseStatus.TRIAGED, frozenset({"deferred_until"})
    ),
    Verb.WAIT_PAYER: Move(
        WORKABLE, CaseStatus.PENDING_PAYER, frozenset({"first_touched_at", "deferred_until"})
    ),
    Verb.WAIT_INFO: Move(
        WORKABLE, CaseStatus.PENDING_INFO, frozenset({"first_touched_at", "deferred_until"})
    ),
    Verb.RESUME: Move(
        frozenset(
            {
                CaseStatus.PENDING_INFO,
                CaseStatus.PENDING_PAYER,
                CaseStatus.ON_HOLD,
                CaseStatus.DEFERRED,
            }
        ),
        CaseStatus.IN_WORK,
        frozenset({"owner", "deferred_until"}),
    ),
    Verb.UPDATE: Move(
        OPEN,
        None,
        frozenset(
            {"amount_at_risk", "details", "title", "code", "category", "cycle", "facility", "payer"}
        ),
    ),
    Verb.RESOLVE: Move(
        WORKABLE | {CaseStatus.APPEAL},
        CaseStatus.RESOLVED,
        frozenset({"disposition", "resolved_at", "first_touched_at", "deferred_until"}),
    ),
    Verb.CLOSE: Move(
        OPEN | {CaseStatus.RESOLVED},
        CaseStatus.CLOSED,
        frozenset(
            {
                "disposition",
                "resolved_at",
                "closed_at",
                "amount_at_risk",
                "details",
                "cycle",
                "deferred_until",
            }
        ),
    ),
    Verb.REOPEN: Move(
        frozenset({CaseStatus.RESOLVED, CaseStatus.CLOSED}),
        CaseStatus.REOPENED,
        frozenset(
            {
                "disposition",
                "resolved_at",
                "closed_at",
                "owner",
                "amount_at_risk",
                "details",
                "title",
                "code",
                "category",
                "cycle",
                "first_touch_due_at",
                "resolve_due_at",
                "first_touched_at",
            }
        ),
    ),
}


def may(verb: Verb, status: CaseStatus) -> bool:
    """Whether a case in this state can take this verb."""
    return status in MOVES[verb].sources


def verbs_for(status: CaseStatus) -> list[Verb]:
    """The verbs that a case in this state can take, in the table's order."""
    return [verb for verb in MOVES if may(verb, status)]


def after(verb: Verb, status: CaseStatus) -> CaseStatus:
    """The state a verb leads to."""
    return MOVES[verb].target or status
