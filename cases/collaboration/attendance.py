"""Who else is at a case, and what the reader had typed: read for a page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db.models import F, QuerySet

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import ClockTimestamp
from cases.collaboration.models import Draft, Presence
from cases.work.models import Case

STILL_THERE = timedelta(seconds=45)
"""Three polls."""
MOST = 200


def others_at(case: Case, *, reader: User) -> Sequence[Presence]:
    """Who else has a case open right now. One query."""
    return list(_present().filter(case=case).exclude(user=reader))


def attended(reader: User) -> Mapping[str, list[Presence]]:
    """By public id, who else is at the cases that a reader may see. At most two hundred."""
    found: dict[str, list[Presence]] = defaultdict(list)
    seen = _present().filter(case__in=Case.objects.visible_to(reader)).exclude(user=reader)
    for each in seen.select_related("case")[:MOST]:
        found[str(each.case.public_id)].append(each)
    return found


def _present() -> QuerySet[Presence]:
    return (
        Presence.objects.alias(now=ClockTimestamp())
        .filter(seen_at__gt=F("now") - STILL_THERE, user__is_active=True)
        .select_related("user")
        .order_by("user__full_name", "pk")
    )


def draft_of(reader: User, case: Case, form: str) -> Draft | None:
    """What the reader typed into a form and did not send."""
    return Draft.objects.filter(user=reader, case=case, form=form).first()
