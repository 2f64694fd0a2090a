"""What people should be told: their queues' notices, and what each was told by name."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from billing_portal.accounts.models import User
from cases.notices.models import (
    MessageKind,
    Notice,
    Notification,
    Pace,
    PaceChoice,
    QuietHours,
)
from cases.notices.policy import USUAL, Rest
from cases.notices.querysets import NotificationQuerySet
from cases.work.visibility import scope_of


def open_for(user: User) -> QuerySet[Notice]:
    """The notices of the queues that somebody may see, newest first, with their queues."""
    return (
        Notice.objects.filter(queue__in=scope_of(user).queues, cleared_at=None)
        .select_related("queue")
        .order_by("-pk")
    )


def unread_by(user: User) -> NotificationQuerySet:
    """What one person was told and has not looked at."""
    return Notification.objects.told_to(user).unread()


def inbox_of(user: User) -> NotificationQuerySet:
    """What one person was told, newest first, with the cases."""
    return Notification.objects.told_to(user).select_related("case").order_by("-pk")


@dataclass(frozen=True, slots=True)
class KindCount:
    """How much of one kind waits in an inbox."""

    kind: MessageKind
    count: int


def waiting_by_kind(user: User) -> list[KindCount]:
    """How much of each kind one person is not done with; kinds without any are left out."""
    found = dict(
        Notification.objects.told_to(user)
        .open()
        .order_by()
        .values_list("kind")
        .annotate(count=Count("pk"))
    )
    return [KindCount(kind, found[kind]) for kind in MessageKind if kind in found]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one person wants mail: a pace for every kind, and when to rest."""

    paces: dict[MessageKind, Pace]
    rest: Rest | None
    version: int


def wishes_of(user: User) -> Wishes:
    """A person's own choices, and what is usual for the rest."""
    chosen = {
        MessageKind(kind): Pace(pace)
        for kind, pace in PaceChoice.objects.filter(user=user).values_list("kind", "pace")
    }
    held = QuietHours.objects.filter(user=user).first()
    return Wishes(USUAL | chosen, rest_of(held), held.version if held else 0)


def rest_of(held: QuietHours | None) -> Rest | None:
    """Quiet hours as the policy knows them."""
    if held is None or held.starts is None or held.ends is None:
        return None
    return Rest(held.starts, held.ends)


def of_kind(kind: str) -> Q:
    """A condition on notifications; anything that is no kind holds for all."""
    return Q(kind=kind) if kind in MessageKind.values else Q()
