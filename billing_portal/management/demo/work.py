"""What people would have done with the demo's cases, and when. Pure: a plan is data.

Every case comes to its end, most within the time its queue allows, some long after, when a
payer or a record room lets people wait. A plan is what would be done with all the time in the
world: what lies in the future is never done, and makes today's work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from cases.types.denial.vocabulary import Category
from cases.work.lifecycle import Disposition
from cases.work.models import NoteKind

FIRST_HOUR, LAST_HOUR = 8, 16
SATURDAY = 6


class Doing(StrEnum):
    """What is done at one moment."""

    CLAIM = "claim"
    ASSIGN = "assign"
    STEP = "step"
    NOTE = "note"
    ATTACH = "attach"
    WAIT_PAYER = "wait_payer"
    WAIT_INFO = "wait_info"
    RESUME = "resume"
    DEFER = "defer"
    TRANSFER = "transfer"
    RESOLVE = "resolve"


class Fate(StrEnum):
    """How a case goes, given time."""

    SOON = "soon"
    WAITING = "waiting"
    ASKING = "asking"
    SLEEPING = "sleeping"
    LATE = "late"
    ASSIGNED = "assigned"
    MOVED = "moved"


FATES = {
    Fate.SOON: 50,
    Fate.WAITING: 22,
    Fate.ASKING: 8,
    Fate.SLEEPING: 8,
    Fate.LATE: 4,
    Fate.ASSIGNED: 5,
    Fate.MOVED: 8,
}
PACE = {
    Fate.SOON: (0.4, 0.85),
    Fate.WAITING: (0.9, 2.6),
    Fate.ASKING: (0.6, 2.0),
    Fate.SLEEPING: (0.3, 1.0),
    Fate.LATE: (1.2, 2.8),
    Fate.ASSIGNED: (0.5, 1.4),
}
"""When a case ends, as a share of the time its queue allows; a sleeping one after it woke."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done to a case at one moment. `words` is its reason or text."""

    at: datetime
    doing: Doing
    words: str = ""
    kind: NoteKind = NoteKind.COMMENT
    reference: str = ""
    disposition: Disposition | None = None
    until: datetime | None = None
    step: int = 0


CALLS = (
    "Spoke with the payer: the claim is in their reprocessing queue, allow ten business days.",
    "The payer has no record of what we sent; sent it again while on the line.",
    "The representative confirms the reason as stated. Asked for a supervisor, call-back promised.",
    "The payer agrees that this was their error and will reprocess without a new claim.",
    "On hold for forty minutes; the claim shows as finalised, no notes on their side.",
)
LOOKUPS = (
    "The payer's portal shows the claim as received and pending review.",
    "Nothing new in the portal since the remittance.",
    "The portal shows other cover on file from last year; it may be out of date.",
)
COMMENTS = {
    Category.AUTH: "There is an authorization in the EHR, for a neighbouring date. Checking which.",
    Category.ELIGIBILITY: "Eligibility run again: active on the date of service under another id.",
    Category.REGISTRATION: "The birth date differs between registration and the payer's file.",
    Category.COB: "Two insurers each say that they are second. Asked the patient for the letter.",
    Category.CODING: "The note supports the code; the modifier was left off at charge entry.",
    Category.BUNDLING: "Separate site, separate note: the modifier is supported.",
    Category.MED_NECESSITY: "Meets two of three criteria of the policy on first reading.",
    Category.DOCUMENTATION: "The operative note was signed late; asked for it again.",
    Category.TIMELY_FILING: "Accepted by the clearinghouse well within the limit; proof is there.",
    Category.DUPLICATE: "Same date, same code, other accession number: a real second service.",
    Category.BILLING_DATA: "The number was missing on the claim form, it is present in the EHR.",
    Category.NON_COVERED: "No signed notice on file for this date of service.",
    Category.BENEFIT_LIMIT: "The payer counts two visits that were cancelled.",
    Category.PROVIDER_ENROLLMENT: "Enrollment is effective two weeks after the date of service.",
}
OTHERWISE = "Read the remittance line by line; the reason is plain, the way forward is not yet."
ENDINGS = {
    Category.DUPLICATE: (Disposition.DUPLICATE, "Truly the same service, paid on the first claim."),
    Category.NON_COVERED: (
        Disposition.PATIENT_RESPONSIBILITY,
        "Not a benefit of the plan; the signed notice is on file.",
    ),
    Category.BENEFIT_LIMIT: (
        Disposition.PATIENT_RESPONSIBILITY,
        "The limit is reached and the patient was told before.",
    ),
    Category.COB: (Disposition.BILLED_SECONDARY, "Billed to the insurer that pays first."),
    Category.UNKNOWN: (Disposition.NOT_A_DENIAL, "The payer says the code was sent by mistake."),
}
CORRECTED = (
    Disposition.CORRECTED_CLAIM_PAID,
    "The payer confirms payment of the corrected claim; the remittance will follow.",
)
SELDOM = (
    (Disposition.RECOUPED, "Agreed: the payer takes it back with its next payment."),
    (Disposition.NOT_A_DENIAL, "Paid in full on another line; this one only explains it."),
    (Disposition.BILLED_SECONDARY, "A second insurer was found; billed to it with this decision."),
    (Disposition.DUPLICATE, "Sent twice by us; the first was paid."),
)
EXPLAINED = (Disposition.EXPLAINED, "Compared with the bank: the difference is the payer's fee.")
DEFERRALS = (
    "The payer asks to wait for its review",
    "The corrected claim needs its turn at the clearinghouse",
    "The record is with the clinician for signature",
)
NOT_OURS = "The payer's own system error, nothing of ours to correct: not for this queue"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a plan depends on. The same subject gets the same plan."""

    seed: str
    opened_at: datetime
    due_at: datetime
    category: str
    is_denial: bool
    may_move: bool

    @property
    def allowed(self) -> float:
        """The hours that its queue allows."""
        return (self.due_at - self.opened_at) / timedelta(hours=1)


def plan(subject: Subject, *, time_zone: str) -> list[Act]:
    """What becomes of a case, in order of time."""
    rng = Random(subject.seed)  # noqa: S311 -- repeatable, not secret
    diary = Diary(rng, subject.opened_at, ZoneInfo(time_zone))
    fate = rng.choices(list(FATES), list(FATES.values()))[0]
    if fate is Fate.MOVED and not subject.may_move:
        fate = Fate.SOON
    if fate is Fate.ASSIGNED:
        opening = [Act(diary.later(2, 30), Doing.ASSIGN, "Goes to whoever knows this payer best")]
    else:
        opening = _opening(rng, diary, subject.category)
    return [*opening, *_middle(rng, diary, fate), *_end(rng, diary, fate, subject)]


class Diary:
    """Moments in working hours, each later than the one before."""

    def __init__(self, rng: Random, start: datetime, zone: ZoneInfo) -> None:
        self.rng, self.now, self.zone = rng, start, zone

    def later(self, least_hours: float, most_hours: float) -> datetime:
        """Some hours on, moved into the next working hours if it falls outside of them."""
        hours = self.rng.uniform(least_hours, most_hours)
        self.now = self._in_working_hours(self.now + timedelta(hours=hours))
        return self.now

    def _in_working_hours(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone)
        is_late = local.hour > LAST_HOUR
        if is_late or local.hour < FIRST_HOUR:
            local = local.replace(hour=FIRST_HOUR, minute=self.rng.randint(2, 58))
            local += timedelta(days=1 if is_late else 0)
        while local.isoweekday() >= SATURDAY:
            local += timedelta(days=1)
        return max(local.astimezone(moment.tzinfo), self.now + timedelta(minutes=1))


def _opening(rng: Random, diary: Diary, category: str) -> list[Act]:
    """Somebody takes it, reads it, and says what they see."""
    words = COMMENTS.get(Category(category), OTHERWISE) if category in Category else OTHERWISE
    acts = [
        Act(diary.later(1, 40), Doing.CLAIM),
        Act(diary.later(0.1, 0.4), Doing.STEP, step=0),
        Act(diary.later(0.1, 0.5), Doing.NOTE, words),
    ]
    if rng.random() < 0.35:
        acts.append(Act(diary.later(0.2, 3), Doing.NOTE, rng.choice(LOOKUPS), kind=NoteKind.PORTAL))
    if rng.random() < 0.16:
        acts.append(Act(diary.later(0.2, 2), Doing.ATTACH))
    return acts


def _middle(rng: Random, diary: Diary, fate: Fate) -> list[Act]:
    """What is done about it before its end."""
    if fate is Fate.WAITING:
        return [_call(rng, diary), Act(diary.later(0.1, 0.5), Doing.STEP, step=1), _sent(diary)]
    if fate is Fate.ASKING:
        return [Act(diary.later(0.2, 2), Doing.WAIT_INFO, "Asked the record room for the note")]
    if fate is Fate.SLEEPING:
        moment = diary.later(0.2, 2)
        diary.now = moment + timedelta(days=rng.choice((5, 7, 10, 14, 21)))
        return [Act(moment, Doing.DEFER, rng.choice(DEFERRALS), until=diary.now)]
    return [_call(rng, diary)] if rng.random() < 0.4 else []


def _end(rng: Random, diary: Diary, fate: Fate, subject: Subject) -> list[Act]:
    """How it ends here, and when."""
    if fate is Fate.MOVED:
        return [Act(diary.later(0.2, 4), Doing.TRANSFER, NOT_OURS)]
    least, most = PACE[fate]
    acts = []
    if fate in {Fate.WAITING, Fate.ASKING}:
        answered = diary.later(least * subject.allowed, most * subject.allowed)
        acts.append(Act(answered, Doing.RESUME, "The answer is there"))
        least, most = 0.05, 0.2
    moment = diary.later(least * subject.allowed, most * subject.allowed)
    disposition, words = _how_it_ends(rng, subject.category) if subject.is_denial else EXPLAINED
    return [*acts, Act(moment, Doing.RESOLVE, words, disposition=disposition)]


def _how_it_ends(rng: Random, category: str) -> tuple[Disposition, str]:
    if rng.random() < 0.12:
        return rng.choice(SELDOM)
    return ENDINGS.get(Category(category), CORRECTED) if category in Category else CORRECTED


def _call(rng: Random, diary: Diary) -> Act:
    reference = f"C-{rng.randint(100_000, 999_999)}"
    moment = diary.later(0.3, 26)
    return Act(moment, Doing.NOTE, rng.choice(CALLS), kind=NoteKind.CALL, reference=reference)


def _sent(diary: Diary) -> Act:
    return Act(diary.later(0.1, 4), Doing.WAIT_PAYER, "Corrected claim sent, answer awaited")
