"""Keeping how one person wants to be told by mail."""

from collections.abc import Mapping
from datetime import time

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.notices.models import MessageKind, Pace, PaceChoice, QuietHours
from cases.notices.policy import USUAL

REASON = "Changed how they are told"


class WishesChanged(DomainError):
    """The settings were changed after the page was opened."""

    code = "stale_version"


class HoursRefused(DomainError):
    """Quiet hours have two ends that differ."""

    code = "hours_refused"


@transaction.atomic
def wish(
    *,
    user: User,
    paces: Mapping[MessageKind, Pace],
    starts: time | None,
    ends: time | None,
    version: int,
) -> QuietHours:
    """Keep a person's choices, with history. Locks the person.

    Raises HoursRefused, and WishesChanged when `version` is not the one kept.
    """
    if (starts is None) != (ends is None) or (starts is not None and starts == ends):
        message = "Give both ends of your quiet hours, and let them differ; or neither."
        raise HoursRefused(message)
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    held = QuietHours.objects.filter(user=user).first() or QuietHours(user=user, version=0)
    if held.version != version:
        raise WishesChanged("Your settings were changed in another window. Reload and try again.")
    held.starts, held.ends, held.version = starts, ends, version + 1
    save_because(held, by=user, reason=REASON)
    _choose(user, paces)
    return held


def _choose(user: User, paces: Mapping[MessageKind, Pace]) -> None:
    """Write the choices that differ from what is kept, or is usual while nothing is kept."""
    held = {choice.kind: choice for choice in PaceChoice.objects.filter(user=user)}
    for kind, pace in paces.items():
        choice = held.get(kind) or PaceChoice(user=user, kind=kind, pace=USUAL[kind])
        if choice.pace != pace:
            choice.pace = pace
            save_because(choice, by=user, reason=REASON)
