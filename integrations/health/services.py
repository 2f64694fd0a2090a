"""The only writers of heartbeats."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from integrations.canonical.models import Source
from integrations.health.models import Heartbeat

LONGEST_ERROR = 500


@transaction.atomic
def succeeded(*, source: Source, at: datetime) -> None:
    """Note that a pull did its work."""
    Heartbeat.objects.update_or_create(
        source=source,
        defaults={"last_success_at": at, "failures_in_a_row": 0, "last_error": ""},
    )


@transaction.atomic
def failed(*, source: Source, at: datetime, error: str) -> None:
    """Note that a pull failed and why; `error` names files and causes, never what is in them."""
    Heartbeat.objects.get_or_create(source=source)
    Heartbeat.objects.filter(source=source).update(
        last_failure_at=at,
        failures_in_a_row=F("failures_in_a_row") + 1,
        last_error=error[:LONGEST_ERROR],
    )
