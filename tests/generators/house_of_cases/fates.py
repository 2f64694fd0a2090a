"""What becomes of cases: the ways that a case's life goes, and how often.

Each way is written down as verbs; the columns follow from the table of moves, as they do in life.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cases.work.lifecycle import FINISHED, MOVES, CaseStatus, Verb

DETECTION, OWNER, LEAD = "detection", "owner", "lead"
OPENED, NOTED = "opened", "noted"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done to a case: which verb (or that it was opened or noted), by whom, why."""

    verb: str
    by: str
    reason: str
    status: CaseStatus | None = None


OPEN_IT = Act(OPENED, DETECTION, "The payer denied the claim.", CaseStatus.NEW)
CLAIM = Act(Verb.CLAIM, OWNER, "Took the next case.")
NOTE = Act(NOTED, OWNER, "Call with the payer added")
ASSIGN = Act(Verb.ASSIGN, LEAD, "Shared out")
RELEASE = Act(Verb.RELEASE, OWNER, "Put back: away tomorrow")
WAIT_PAYER = Act(Verb.WAIT_PAYER, OWNER, "Sent the corrected claim")
WAIT_INFO = Act(Verb.WAIT_INFO, OWNER, "Asked the clinic for the record")
DEFER = Act(Verb.DEFER, OWNER, "The payer decides next week")
RESOLVE = Act(Verb.RESOLVE, OWNER, "Settled with the payer")
CLOSE = Act(Verb.CLOSE, DETECTION, "A later remittance settles it.")
REOPEN = Act(Verb.REOPEN, OWNER, "The payer took it back")

# The share among the open cases, or among the finished ones, and what is done.
STILL_OPEN: dict[str, tuple[float, tuple[Act, ...]]] = {
    "new": (0.44, (OPEN_IT,)),
    "triaged": (0.08, (OPEN_IT, CLAIM, RELEASE)),
    "assigned": (0.06, (OPEN_IT, ASSIGN)),
    "in_work": (0.17, (OPEN_IT, CLAIM, NOTE)),
    "pending_payer": (0.13, (OPEN_IT, CLAIM, NOTE, WAIT_PAYER)),
    "pending_info": (0.05, (OPEN_IT, CLAIM, WAIT_INFO)),
    "deferred": (0.05, (OPEN_IT, CLAIM, DEFER)),
    "reopened": (0.02, (OPEN_IT, CLAIM, RESOLVE, REOPEN)),
}
OVER: dict[str, tuple[float, tuple[Act, ...]]] = {
    "resolved": (0.22, (OPEN_IT, CLAIM, NOTE, RESOLVE)),
    "closed": (0.43, (OPEN_IT, CLAIM, RESOLVE, CLOSE)),
    "closed_by_feed": (0.35, (OPEN_IT, CLOSE)),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """How a case stands after an act; times are named by the number of the act that set them."""

    fate: str
    seq: int
    version: int
    verb: str
    was: str
    status: str
    by: str
    reason: str
    is_owned: bool = False
    touched: int | None = None
    resolved: int | None = None
    closed: int | None = None
    is_deferred: bool = False
    is_note: bool = False
    ends_row: bool = False
    ends_chain: bool = False


def stands() -> list[Stand]:
    """Every act of every fate."""
    every = STILL_OPEN | OVER
    return [stand for fate, (_share, acts) in every.items() for stand in life(fate, acts)]


def life(fate: str, acts: tuple[Act, ...]) -> Iterator[Stand]:
    """One fate, act by act."""
    last_row = max(at for at, act in enumerate(acts) if act.verb != NOTED)
    stand = Stand(fate, 0, 0, "", "", "", "", "")
    for at, act in enumerate(acts):
        ends = {"ends_row": at == last_row, "ends_chain": at == len(acts) - 1}
        stand = replace(step(stand, act, at + 1), **ends)
        yield stand


def step(stand: Stand, act: Act, seq: int) -> Stand:
    """How a case stands after one more act."""
    told = {"seq": seq, "verb": str(act.verb), "by": act.by, "reason": act.reason}
    if act.verb == NOTED:
        return replace(stand, is_note=True, **told)
    told |= {"is_note": False, "version": stand.version + 1, "was": stand.status}
    if act.verb == OPENED:
        return replace(stand, status=CaseStatus.NEW.value, **told)
    verb = Verb(act.verb)
    move = MOVES[verb]
    status = (move.target or CaseStatus(stand.status)).value
    is_owned = "owner_id" not in move.clears and (
        stand.is_owned or move.takes_over or "owner_id" in move.needs
    )
    touched = stand.touched or (seq if move.touches and act.by != DETECTION else None)
    is_over = status in FINISHED
    return replace(
        stand,
        status=status,
        is_owned=is_owned,
        touched=None if "first_touched_at" in move.clears else touched,
        resolved=(stand.resolved or seq) if is_over else None,
        closed=seq if status == CaseStatus.CLOSED else None,
        is_deferred=status == CaseStatus.DEFERRED,
        **told,
    )
