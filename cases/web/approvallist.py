"""The list of requests as its page shows it: which one, from where on, one row each."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from billing_portal.kernel.pure.wording import counted
from cases.approvals.listing import Listing, Place, listings, page_of
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import LIVE, RequestState
from cases.web.caseparts import Tab
from cases.web.frame import Frame
from cases.web.presenters import Due, due_chip, shown_day, shown_money, shown_time
from cases.web.sealed import seal, unseal
from cases.work.queries import CAP, PAGE, counts

TONES = {
    RequestState.PENDING: "info",
    RequestState.RETURNED: "warn",
    RequestState.APPROVED: "good",
    RequestState.REJECTED: "bad",
}
EMPTY = {
    Listing.MINE: "Nothing waits for you. You are told when something does.",
    Listing.DELEGATED: "Nobody delegated to you what waits now.",
    Listing.TEAM: "No request on cases that you see waits for anybody.",
    Listing.ASKED: "You have asked for nothing yet. Ask on the page of a case.",
    Listing.DECIDED: "You have decided nothing yet.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One request of the list."""

    id: str
    url: str
    reference: str
    matter: str
    about: str
    payer: str
    amount: str
    asked_by: str
    asked: str
    step: str
    step_label: str
    state: str
    tone: str
    due: Due | None
    pick: str
    may_pick: bool


class ApprovalList:
    """One page of requests for one reader."""

    def __init__(self, frame: Frame, *, now: datetime) -> None:
        request = frame.request
        self.now, self.path = now, reverse("cases:approvals")
        self.listing = listing_of(request)
        self.lists = listings(frame.reader, at=now)
        told = frame.to_tell(self.lists[Listing.MINE])
        lists = {e.value: found for e, found in self.lists.items() if e is not Listing.MINE}
        held = counts(frame.reader, told | lists)
        frame.told = {name: held[name] for name in told}
        self.counted = held | {Listing.MINE.value: held["approvals"]}
        found = page_of(self.lists[self.listing], self.listing, after=place_of(request), size=PAGE)
        self.requests, self.has_more = found[:PAGE], len(found) > PAGE
        self.is_first = place_of(request) is None

    @property
    def tabs(self) -> list[Tab]:
        """The lists, each with its count."""
        return [
            Tab(
                listing.label,
                self.url(listing),
                listing is self.listing,
                counted(self.counted[listing.value], CAP),
            )
            for listing in Listing
        ]

    def url(self, listing: Listing, **more: str) -> str:
        """The address of a list."""
        return f"{self.path}?{urlencode({'view': listing.value, **more})}"

    @property
    def rows(self) -> list[Row]:
        """The requests."""
        return [row_of(each, now=self.now) for each in self.requests]

    @property
    def may_pick(self) -> bool:
        """Whether any can be approved together with others."""
        return self.listing is Listing.MINE and any(map(allows_many, self.requests))

    @property
    def waiting(self) -> str:
        """How many wait for the reader."""
        return counted(self.counted["approvals"], CAP)

    @property
    def empty(self) -> str:
        """Why there is none."""
        return EMPTY[self.listing]

    @property
    def next_url(self) -> str:
        """The next page, if there is one."""
        if not self.has_more:
            return ""
        last = self.requests[-1]
        return self.url(self.listing, after=seal([last.requested_at.isoformat(), last.pk]))

    @property
    def first_url(self) -> str:
        """The first page, from a later one."""
        return "" if self.is_first else self.url(self.listing)


def listing_of(request: HttpRequest) -> Listing:
    """Which list an address asks for; the reader's own unless it says another."""
    asked = request.GET.get("view", "")
    return Listing(asked) if asked in Listing.values else Listing.MINE


def place_of(request: HttpRequest) -> Place | None:
    """After which row an address begins; what is no place of ours is the beginning."""
    match unseal(request.GET.get("after", "")):
        case [str() as moment, int() as pk] if (at := parse_datetime(moment)) is not None:
            return Place(at, pk)
    return None


def allows_many(approval: ApprovalRequest) -> bool:
    """Whether its policy lets it be approved together with others."""
    return approval.policy_version.terms.allows_bulk(approval.tier_amount)


def row_of(approval: ApprovalRequest, *, now: datetime) -> Row:
    """One request as a row; the patient is not named."""
    case, steps = approval.case, approval.policy_version.terms.steps
    return Row(
        id=str(approval.public_id),
        url=reverse("cases:approval", args=[approval.public_id]),
        reference=approval.reference,
        matter=approval.get_matter_display(),
        about=f"{case.reference} · {case.title}",
        payer=case.payer.name if case.payer else case.facility.name,
        amount=shown_money(approval.amount, approval.currency),
        asked_by=str(approval.requested_by),
        asked=shown_day(approval.requested_at),
        step=f"Step {approval.step + 1} of {len(steps)}",
        step_label=steps[approval.step].label,
        state="" if approval.state == RequestState.PENDING else approval.get_state_display(),
        tone=TONES.get(RequestState(approval.state), ""),
        due=due_of(approval, now=now),
        pick=f"{approval.public_id}:{approval.version}:{approval.digest}",
        may_pick=allows_many(approval),
    )


def due_of(approval: ApprovalRequest, *, now: datetime) -> Due | None:
    """By when its step should be decided; paused while the requester is asked; else none."""
    if approval.state == RequestState.RETURNED:
        return Due("paused", "Paused", "", "Paused: the requester was asked for information")
    if approval.state not in LIVE or approval.due_at is None:
        return None
    title = f"Decide by {shown_time(approval.due_at)}"
    return due_chip(approval.due_at, now=now, title=title)
