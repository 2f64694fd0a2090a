"""An emergency as its case's page shows it: from when to when, and all that was done meanwhile."""

from collections.abc import Mapping
from typing import Any

from billing_portal.accounts.models import User
from cases.types.emergency_access.models import EmergencyReview
from cases.types.emergency_access.queries import Emergency, done_under, emergency_of
from cases.web.presenters import shown_time
from cases.work.models import Case

MOST = 500


def emergency_access(case: Case, _reader: User) -> Mapping[str, Any]:
    """For the case's page. Four queries, whatever was done."""
    held = emergency_of(case)
    return {
        "details": case.details,
        "emergency": held,
        "acts": acts_of(held),
        "review": EmergencyReview.objects.filter(case=case).select_related("reviewed_by").first(),
    }


def acts_of(held: Emergency | None) -> list[tuple[str, str, str, str]]:
    """When, what, on what and why, the first of them; nothing until it was opened."""
    if held is None or held.begins_at is None:
        return []
    return [
        (shown_time(each.at), each.verb, each.subject, each.reason)
        for each in done_under(held)[:MOST]
    ]
