"""Mail about what people were told: counts, references and links, nothing about patients or money.

What goes into a mail is taken first, in a transaction of its own; the mail leaves afterwards. So
nothing is mailed twice. When the server does not take the mail, it is put back for a later run;
when this process dies between the two, the mail is lost, and the inbox still holds it all.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from billing_portal.accounts.models import User
from cases.notices.models import MessageKind, Notification, Pace, PaceChoice, QuietHours
from cases.notices.policy import is_due, is_quiet, pace_of
from cases.notices.queries import rest_of
from cases.notices.querysets import NotificationQuerySet

log = logging.getLogger(__name__)

OLDEST = timedelta(days=3)
"""What nobody mailed for so long is left to the inbox."""
LISTED = 50
"""How many lines a mail has at most."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person's mail holds."""

    user: User
    notifications: Sequence[Notification]


def mail_due(*, at: datetime) -> int:
    """Send everybody the mail that is due; returns how many left. No transaction is open."""
    sent = 0
    for user in waiting(at=at):
        digest = take(user=user, at=at)
        if digest is not None:
            sent += send(digest)
    return sent


def unmailed(*, at: datetime) -> NotificationQuerySet:
    """What was not mailed and not read, of the last days."""
    return Notification.objects.filter(
        mailed_at=None, read_at=None, not_before__gt=at - OLDEST, not_before__lte=at
    )


def waiting(*, at: datetime) -> Iterator[User]:
    """The people with an address for whom something was not mailed yet."""
    told = unmailed(at=at).order_by().values("user")
    people = User.objects.filter(pk__in=told, is_active=True).exclude(email="")
    return people.order_by("pk").iterator()


@transaction.atomic
def take(*, user: User, at: datetime) -> Digest | None:
    """Take what is due for one person, marked as mailed; None: nothing is, or they rest.

    Locks what it takes and passes over what another sender holds.
    """
    zone = ZoneInfo(user.time_zone)
    if is_quiet(rest_of(QuietHours.objects.filter(user=user).first()), now=at, zone=zone):
        return None
    chosen = dict(PaceChoice.objects.filter(user=user).values_list("kind", "pace"))
    found = unmailed(at=at).filter(user=user).select_for_update(skip_locked=True, of=("self",))
    due = [
        each
        for each in found.select_related("case").order_by("pk")
        if is_due(_pace(each, chosen), since=each.not_before, now=at, zone=zone)
    ]
    if not due:
        return None
    Notification.objects.filter(pk__in=[each.pk for each in due]).update(mailed_at=at)
    return Digest(user, due)


def _pace(told: Notification, chosen: dict[str, str]) -> Pace:
    own = chosen.get(told.kind)
    return pace_of(MessageKind(told.kind), Pace(own) if own else None, is_urgent=told.is_urgent)


def send(digest: Digest) -> bool:
    """Hand one mail to the server; whether it took it. If not, what it held is put back."""
    try:
        compose(digest).send()
    except OSError as error:  # the server's refusals too
        log.warning("mail to user %s was not taken: %s", digest.user.pk, type(error).__name__)
        keys = [each.pk for each in digest.notifications]
        Notification.objects.filter(pk__in=keys).update(mailed_at=None)
        return False
    return True


def compose(digest: Digest) -> EmailMultiAlternatives:
    """The mail, as text and as HTML; where it comes from can be unsubscribed in the settings."""
    shown = content(digest)
    mail = EmailMultiAlternatives(
        subject=shown["title"],
        body=render_to_string("mail/digest.txt", shown),
        to=[digest.user.email],
        headers={
            "List-Unsubscribe": f"<{shown['settings_url']}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("mail/digest.html", shown), "text/html")
    return mail


def content(digest: Digest) -> dict[str, Any]:
    """What a mail may say: how many of each kind, and references with links."""
    found = digest.notifications
    counts = Counter(each.kind for each in found)
    total = len(found)
    return {
        "site": settings.SITE_NAME,
        "title": f"{settings.SITE_NAME}: new in your inbox, {total}",
        "counts": [(kind.label, counts[kind]) for kind in MessageKind if counts[kind]],
        "lines": [line(each) for each in found[:LISTED]],
        "more": max(total - LISTED, 0),
        "inbox_url": address(reverse("cases:inbox")),
        "settings_url": address(reverse("cases:inbox_settings")),
    }


def line(told: Notification) -> tuple[str, str, str]:
    """Of what kind, which reference, and where it leads."""
    kind = MessageKind(told.kind).label
    if told.case is None:
        return (kind, "Open", address(told.link or reverse("cases:inbox")))
    return (kind, told.case.reference, address(reverse("cases:case", args=[told.case.public_id])))


def address(path: str) -> str:
    """Where a path stands for somebody outside."""
    return f"{settings.SITE_URL}{path}"
