"""The only writers of emergency grants: opened for some hours, ended early, over by themselves."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction

from billing_portal.access.grants import permission_of
from billing_portal.access.models import EmergencyGrant
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because


@transaction.atomic
def begin(
    *,
    user: User,
    things: Iterable[tuple[models.Model, str]],
    reference: str,
    by: User,
    reason: str,
    begins_at: datetime,
    ends_at: datetime,
) -> None:
    """Open things to a person until a moment: each with the codename of what they may do there.

    Effective with their next request. Tracked, and audited on the person's chain.
    """
    for thing, codename in things:
        row = EmergencyGrant(
            user=user,
            permission=permission_of(thing, codename),
            thing_id=thing.pk,
            reference=reference,
            begins_at=begins_at,
            ends_at=ends_at,
        )
        save_because(row, by=by, reason=reason)
    _record("emergency.begun", user, reference, by=by, reason=reason, until=ends_at)


@transaction.atomic
def end(*, reference: str, by: User, reason: str, at: datetime) -> None:
    """End what is still open under a request, before its time."""
    held = EmergencyGrant.objects.select_for_update(of=("self",)).select_related("user")
    rows = list(held.filter(reference=reference, ends_at__gt=at).order_by("pk"))
    for row in rows:
        row.ends_at, row.version = max(at, row.begins_at), row.version + 1
        save_because(row, by=by, reason=reason, fields=["ends_at", "version"])
    if rows:
        _record("emergency.ended", rows[0].user, reference, by=by, reason=reason, until=at)


def _record(
    verb: str, user: User, reference: str, *, by: User, reason: str, until: datetime
) -> None:
    audit.record(
        chain=f"user:{user.pk}",
        verb=verb,
        subject=f"user:{user.pk}",
        by=by,
        reason=reason,
        request=reference,
        until=until,
    )
