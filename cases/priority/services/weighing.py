"""Putting other weights in force: always as a new version."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from cases.priority.models import Weighting


@transaction.atomic
def weigh(*, weights: Mapping[str, Any], by: User, reason: str) -> Weighting:
    """Put weights in force. Ranks follow when they are counted next, within the hour.

    Of two at once the second fails: a number is given once.
    """
    newest = Weighting.objects.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    made = Weighting.objects.create(number=number, weighed_by=by, reason=reason, **weights)
    audit.record(
        chain="config:weighting",
        verb="weighting.changed",
        subject=f"weighting:{number}",
        by=by,
        reason=reason,
    )
    return made
