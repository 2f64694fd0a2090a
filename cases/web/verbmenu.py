"""Which verbs a case's page offers, in which order, under which keys."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse

from billing_portal.access.grants import may as allows
from billing_portal.access.roles import REVERSE_JOURNALS
from billing_portal.accounts.models import User
from cases.actions.working import may_pick
from cases.effects.queries import reversible
from cases.types.denial.appeals.rights import refusal
from cases.types.emergency_access.queries import unreviewed
from cases.work.lifecycle import (
    CLAIMABLE,
    FINISHED,
    OPEN,
    WAITING,
    WORKABLE,
    CaseStatus,
    Verb,
    may,
)
from cases.work.models import Case
from cases.work.visibility import may_see

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Face:
    """How a verb looks: its words, icon and key, and whether it asks anything first."""

    label: str
    icon: str
    key: str = ""
    asks: bool = True


FACES: dict[str, Face] = {
    "claim": Face("Claim", "hand-raised", "e", asks=False),
    "resolve": Face("Resolve", "check", "e"),
    "resume": Face("Go on", "play", "e"),
    "reopen": Face("Reopen", "arrow-uturn-left", "e"),
    "appeal": Face("Appeal", "scale", "r"),
    "research": Face("Research", "magnifying-glass"),
    "refund_way": Face("Send back", "arrow-uturn-right"),
    "federal_act": Face("Sign federal act", "shield-check"),
    "small_balance_look": Face("Look at one", "magnifying-glass"),
    "small_balance_request": Face("Ask to sign", "check-badge"),
    "defer": Face("Defer", "clock", "s"),
    "transfer": Face("Not ours", "arrows-right-left", "m"),
    "assign": Face("Assign", "user-plus", "a"),
    "wait_payer": Face("Wait for payer", "pause", "w"),
    "wait_info": Face("Wait for information", "pause-circle", "i"),
    "release": Face("Put back", "arrow-uturn-left", "b"),
    "skip": Face("Pass over", "forward", "v"),
    "merge": Face("Merge", "arrows-pointing-in"),
    "split": Face("Split", "scissors"),
    "backdate": Face("Date back", "calendar-days"),
    "void": Face("Void", "x-circle"),
    "emergency_review": Face("Review", "shield-check"),
    "replay": Face("Send again", "arrow-path"),
    "reverse": Face("Reverse a voucher", "arrow-uturn-left"),
    "comment": Face("Comment", "chat-bubble-left", "c"),
    "attach": Face("Attach", "paper-clip", "f"),
    "labels": Face("Labels", "tag", "l"),
    "link": Face("Link", "link"),
    "invoice_release": Face("Ask to release", "check-badge"),
    "invoice_duplicate": Face("It is a duplicate", "document-duplicate"),
    "invoice_coding": Face("Book a line", "bookmark"),
    "invoice_recheck": Face("Match again", "arrow-path"),
    "invoice_return": Face("Return to vendor", "arrow-uturn-left"),
    "watch": Face("Watch", "eye", asks=False),
    "unwatch": Face("Stop watching", "eye-slash", asks=False),
}


SAME_AS = {"skip": Verb.RELEASE, "void": Verb.REQUEST_APPROVAL, "backdate": Verb.REQUEST_APPROVAL}
"""What moves a case as another verb does."""
OF_TYPE = {
    "research": "refund",
    "refund_way": "refund",
    "federal_act": "refund",
    "small_balance_look": "small_balance",
    "small_balance_request": "small_balance",
    "emergency_review": "emergency_access",
}
"""What only cases of one type offer while they are worked."""
VERBS = {*Verb, *SAME_AS, *OF_TYPE}
REVIEW, PLAIN_ENDS = "emergency_review", frozenset({"resolve", "void"})


@dataclass(frozen=True, slots=True)
class Button:
    """One verb as a button or link."""

    label: str
    icon: str
    url: str
    key: str
    is_post: bool
    is_primary: bool = False

    @property
    def shown_key(self) -> str:
        """As it stands on the keyboard."""
        return self.key.upper()

    @property
    def is_dialog(self) -> bool:
        """Whether the link opens in place."""
        return not self.is_post


@dataclass(frozen=True, slots=True)
class Menu:
    """The verbs beside the title, and the rest."""

    shown: list[Button]
    more: list[Button]


def menu_of(case: Case | None, *, reader: User) -> Menu:
    """The verbs that a case's state allows its reader, the likeliest first."""
    if case is None:
        return Menu([], [])
    status = CaseStatus(case.status)
    without = left_out(case)
    first = primary_of(case, status, without)
    order = [first, *(name for name in FACES if name in VERBS - without and name != first)]
    offered = [name for name in order if is_offered(name, case, status, reader)]
    keyed: set[str] = set()
    buttons = []
    for name in offered:
        has_key = FACES[name].key not in keyed
        keyed.add(FACES[name].key)
        buttons.append(button(name, case, is_primary=name == first, has_key=has_key))
    return Menu(buttons[:SHOWN], buttons[SHOWN:])


def left_out(case: Case) -> frozenset[str]:
    """What a case never offers: an emergency that was opened ends by its review alone."""
    is_emergency = case.case_type == OF_TYPE[REVIEW]
    return PLAIN_ENDS if is_emergency and unreviewed([case.pk]) else frozenset({REVIEW})


def primary_of(case: Case, status: CaseStatus, without: Collection[str]) -> str:
    """What one most likely does next."""
    if status in FINISHED:
        return "reopen"
    if status in WAITING:
        return "resume"
    if status in CLAIMABLE and case.owner_id is None:
        return "claim"
    return REVIEW if "resolve" in without else "resolve"


def is_offered(name: str, case: Case, status: CaseStatus, reader: User) -> bool:
    """Whether the state allows a verb; nobody puts back what is not in their hands."""
    if name in {"release", "skip"} and case.owner_id != reader.pk:
        return False
    if name in {"claim", "assign"} and not is_choosable(name, case, reader):
        return False
    if name in {"merge", "split"} and not is_joinable(name, case):
        return False
    if name in OF_TYPE or name == "appeal":
        return is_of_type(name, case, status)
    return may(Verb(SAME_AS.get(name, name)), status)


def is_choosable(name: str, case: Case, reader: User) -> bool:
    """Whether its queue lets one choose a case; nobody takes what is in other hands."""
    is_free = name != "claim" or case.owner_id in {None, reader.pk}
    return is_free and may_pick(reader, case)


def is_of_type(name: str, case: Case, status: CaseStatus) -> bool:
    """Whether a verb of one type of case is this case's, as it stands."""
    if name == "appeal":
        return status in OPEN and not refusal(case.case_type, case.details)
    is_theirs = case.case_type == OF_TYPE[name] and status in WORKABLE
    return is_theirs and (name != "federal_act" or case.details["is_federal"])


def is_joinable(name: str, case: Case) -> bool:
    """Whether a case is one of a claim; to be split, with several parts."""
    parts = len(case.details.get("lines", ())) + len(case.details.get("claim_adjustments", ()))
    return case.claim_id is not None and (name == "merge" or parts > 1)


def reversal_of(case: Case, *, reader: User) -> Button | None:
    """Reversing a voucher of a case, while there is one, for who sees it and may."""
    is_theirs = allows(reader, REVERSE_JOURNALS) and may_see(reader, case)
    return button("reverse", case) if is_theirs and reversible(case) else None


def button(name: str, case: Case, *, is_primary: bool = False, has_key: bool = True) -> Button:
    """One verb on one case."""
    face = FACES[name]
    return Button(
        label=face.label,
        icon=face.icon,
        url=reverse(f"cases:{name}", args=[case.public_id]),
        key=face.key if has_key else "",
        is_post=not face.asks,
        is_primary=is_primary,
    )
