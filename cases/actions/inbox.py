"""What a person does with what they were told, and how they want to be told.

Doors take the notifications from `cases.notices.queries.inbox_of`: everybody has their own alone.
"""

from collections.abc import Mapping
from datetime import datetime, time

from billing_portal.accounts.models import User
from cases.notices import services
from cases.notices.models import MessageKind, Notification, Pace, QuietHours
from cases.notices.queries import inbox_of


def read(*, notification: Notification, by: User, at: datetime) -> int:
    """Note that somebody looked at what they were told; noted twice is noted once."""
    return services.mark_read(notifications=inbox_of(by).filter(pk=notification.pk), at=at)


def finish(*, notification: Notification, by: User, at: datetime) -> int:
    """Note that somebody is done with what they were told."""
    return services.mark_done(notifications=inbox_of(by).filter(pk=notification.pk), at=at)


def take_up(*, notification: Notification, by: User) -> int:
    """Put what somebody was done with back among what is open."""
    return services.mark_open(notifications=inbox_of(by).filter(pk=notification.pk))


def finish_all(*, by: User, at: datetime, up_to: int, kind: MessageKind | None = None) -> int:
    """Be done with all, or all of a kind, up to the newest one seen; returns how many."""
    shown = inbox_of(by).filter(pk__lte=up_to)
    if kind is not None:
        shown = shown.filter(kind=kind)
    return services.mark_done(notifications=shown.order_by(), at=at)


def wish(
    *,
    by: User,
    paces: Mapping[MessageKind, Pace],
    starts: time | None,
    ends: time | None,
    version: int,
) -> QuietHours:
    """Say how soon one wants which kind by mail, and when none.

    Raises WishesChanged, HoursRefused.
    """
    return services.wish(user=by, paces=paces, starts=starts, ends=ends, version=version)
