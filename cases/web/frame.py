"""What surrounds every page: the rail with its counts, the reader's ways, the commands.

Read only when a template asks, so a fragment pays nothing for it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property

from billing_portal.access.grants import may, scope_ids
from billing_portal.access.roles import (
    BY_KEY,
    SEE_CALENDARS,
    SEE_EDITIONS,
    SEE_MESSAGES,
    SEE_OUTBOX,
    SEND,
)
from billing_portal.access.web import reader_of
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.wording import counted
from cases.approvals.queries import waiting_for
from cases.notices.queries import open_for, unread_by
from cases.web.offers import Offer, offered
from cases.work.queries import CAP, QueueTotal, counts, queue_totals
from cases.work.visibility import LEAD_QUEUE, WORK_QUEUE
from integrations.inbox import queries as inbox

QUEUE_ICONS = {
    "triage": "funnel",
    "eligibility-registration": "identification",
    "cob": "users",
    "authorization": "shield-check",
    "coding": "code-bracket",
    "documentation": "document-text",
    "claim-edits": "pencil-square",
    "no-response": "clock",
    "denials-technical": "no-symbol",
    "clinical-appeals": "heart",
    "appeals-in-flight": "paper-airplane",
    "timely-filing": "calendar-days",
    "contract": "scale",
    "remittance-exceptions": "banknotes",
    "credit-government": "receipt-refund",
    "credit-commercial": "receipt-refund",
    "billing": "document-currency-dollar",
    "enrollment": "academic-cap",
    "patient-balance": "user",
    "ap-duplicate": "document-duplicate",
    "ap-vendor": "building-storefront",
    "ap-order": "clipboard-document-list",
    "ap-receipt": "inbox-arrow-down",
    "ap-quantity": "hashtag",
    "ap-price": "tag",
    "ap-tax": "receipt-percent",
}
DEFAULT_ICON = "rectangle-stack"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the rail; `go` is the key that leads there after G."""

    label: str
    url: str
    icon: str
    count: str | None = None
    go: str = ""
    is_current: bool = False
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    label: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the palette: a place to go, or a key to press on the page."""

    label: str
    url: str
    shown_key: str = ""
    key: str = ""


class Frame:
    """The frame of one request. What its page has read already is not read again."""

    def __init__(self, request: HttpRequest, reader: User) -> None:
        self.request = request
        self.reader = reader
        self.theme = reader.theme
        self.keyboard = reader.keyboard_mode
        self.idle_minutes = settings.SESSION_IDLE_MINUTES
        self.name = str(reader)
        self.initials = reader.initials

    @cached_property
    def roles(self) -> str:
        """What the reader is, in words."""
        names = self.reader.role_names
        return ", ".join(BY_KEY[name].label for name in names if name in BY_KEY)

    @property
    def may_work(self) -> bool:
        """Whether any queue is the reader's to work."""
        return bool(scope_ids(self.reader, WORK_QUEUE))

    @property
    def key(self) -> uuid.UUID:
        """For a form that is done once."""
        return uuid.uuid4()

    @property
    def undo(self) -> Offer | None:
        """What the reader did last, if it can be undone."""
        return offered(self.request)

    @cached_property
    def totals(self) -> list[QueueTotal]:
        """The reader's queues with what stands open in them."""
        return queue_totals(self.reader)

    @cached_property
    def work(self) -> list[Item]:
        """My work, all queues, the inbox, approvals, notices, and each queue with its count."""
        every = sum(total.open_cases for total in self.totals)
        fixed = [
            self.item("My work", reverse("cases:mine"), "inbox", go="m"),
            self.item("All queues", reverse("cases:all"), "queue-list", f"{every:,}", go="q"),
            self.item("Inbox", reverse("cases:inbox"), "inbox-stack", shown(self.unread), go="b"),
            self.item(
                "Approvals", reverse("cases:approvals"), "check-badge", shown(self.approvals), "a"
            ),
            self.item("Notices", reverse("cases:notices"), "bell", shown(self.notices), go="n"),
            self.item("Projects", reverse("cases:projects"), "rectangle-group", go="p"),
        ]
        if self.totals:
            url = reverse("cases:payers")
            fixed.append(self.item("Payers", url, "building-library", go="y"))
        if any(total.key.startswith("credit-") for total in self.totals):
            url = reverse("cases:federal_clocks")
            fixed.append(self.item("Credits", url, "receipt-refund"))
        if self.may_work:
            url = reverse("cases:reviews")
            fixed.append(self.item("Second look", url, "magnifying-glass-circle", go="v"))
        if scope_ids(self.reader, LEAD_QUEUE):
            fixed.append(self.item("Team", reverse("cases:team"), "user-group", go="t"))
        return fixed + [
            self.item(
                total.name,
                reverse("cases:queue", args=[total.key]),
                QUEUE_ICONS.get(total.key, DEFAULT_ICON),
                f"{total.open_cases:,}",
            )
            for total in self.totals
        ]

    @cached_property
    def told(self) -> dict[str, int]:
        """What waits for the reader: to be decided, to be read, to be seen to by the queues."""
        return counts(self.reader, self.to_tell())

    def to_tell(self, mine: QuerySet[Any] | None = None) -> dict[str, QuerySet[Any]]:
        """What is counted for it; a page that counts more counts it along.

        `mine` is what waits for the reader's decision, from who has asked already.
        """
        return {
            "unread": unread_by(self.reader),
            "notices": open_for(self.reader),
            "approvals": waiting_for(self.reader, at=timezone.now()) if mine is None else mine,
        }

    @property
    def approvals(self) -> int:
        """What the reader may decide."""
        return self.told["approvals"]

    @property
    def unread(self) -> int:
        """What the reader was told by name."""
        return self.told["unread"]

    @property
    def notices(self) -> int:
        """What the reader's queues were told."""
        return self.told["notices"]

    @cached_property
    def groups(self) -> list[Group]:
        """Imports, integrations and set-up, as the reader's roles allow."""
        groups = [Group("Integrations", self.integrations), Group("Set-up", self.setup)]
        return [group for group in groups if group.items]

    @cached_property
    def waiting(self) -> int:
        """Pieces of messages that wait for a person."""
        return inbox.open_quarantine().count()

    @property
    def integrations(self) -> list[Item]:
        """Files in, messages, what waits for a person, what goes out."""
        items = []
        if may(self.reader, SEND):
            items.append(self.item("Imports", reverse("cases:imports"), "arrow-up-tray", go="u"))
        if may(self.reader, SEE_MESSAGES):
            items.append(self.item("Messages", reverse("ops:messages"), "envelope", go="i"))
            items.append(
                Item(
                    "Quarantine",
                    reverse("ops:quarantine"),
                    "exclamation-triangle",
                    shown(self.waiting),
                    "x",
                    self.is_current(reverse("ops:quarantine")),
                    is_alert=True,
                )
            )
        if may(self.reader, SEE_OUTBOX):
            items.append(self.item("Outbox", reverse("ops:outbox"), "paper-airplane", go="o"))
        return items

    @property
    def setup(self) -> list[Item]:
        """The books of rules, the calendars and the set-up pages, for those who may enter them."""
        items = []
        if may(self.reader, SEE_EDITIONS):
            items.append(self.item("Rules", reverse("cases:editions"), "book-open", go="r"))
        if may(self.reader, SEE_CALENDARS):
            items.append(self.item("Calendars", reverse("cases:calendars"), "calendar", go="k"))
        if self.reader.is_staff:
            admin = reverse("admin:index")
            items.append(self.item("Set-up pages", admin, "adjustments-horizontal", go="s"))
        return items

    @property
    def commands(self) -> list[Command]:
        """What the palette offers beside what it finds."""
        doing = [
            Command("Work next", "#", "N", "n"),
            Command("Keyboard help", reverse("cases:keys"), "?", "?"),
        ]
        places = [*self.work, *(item for group in self.groups for item in group.items)]
        going = [
            Command(f"Go to {item.label}", item.url, f"G {item.go.upper()}" if item.go else "")
            for item in places
        ]
        going += [
            Command("Go to Changes to many cases", reverse("cases:batches")),
            Command("Go to Jobs", reverse("cases:jobs")),
        ]
        return [*doing, *going, Command("Settings", reverse("cases:settings"))]

    def item(self, label: str, url: str, icon: str, count: str | None = None, go: str = "") -> Item:
        """An entry that knows whether it is where the reader stands."""
        return Item(label, url, icon, count, go, self.is_current(url))

    def is_current(self, url: str) -> bool:
        """Whether the reader stands on a page."""
        return self.request.path == url


def shown(number: int) -> str | None:
    """A count in words; nothing for none."""
    return counted(number, CAP) if number else None


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    shown: dict[str, Any] = {"SITE_NAME": settings.SITE_NAME, "DEMO": settings.DEMO}
    if isinstance(getattr(request, "user", None), AbstractBaseUser):
        shown["frame"] = SimpleLazyObject(lambda: frame_of(request))
    return shown


def frame_of(request: HttpRequest) -> Frame:
    """The one frame of a request."""
    held: Frame | None = getattr(request, "portal_frame", None)
    if held is None:
        held = request.portal_frame = Frame(request, reader_of(request))  # type: ignore[attr-defined]
    return held


class TimeZoneMiddleware:
    """Times are shown in the reader's own zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Surround a request with its reader's zone, the site's for anybody else."""
        reader = request.user
        zone = reader.time_zone if isinstance(reader, User) else settings.SITE_TIME_ZONE
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)
