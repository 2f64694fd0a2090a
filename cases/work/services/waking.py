"""Keeping what brings a sleeping case back before its date."""

from datetime import datetime

from django.db import transaction

from cases.work.models import Case, Wake, WakeEvent


@transaction.atomic
def wake_on(
    *, case: Case, event: WakeEvent | None, until: datetime, seen: dict[str, int]
) -> Wake | None:
    """Let a deferral end with an event too, or (None) with its date alone."""
    if event is None:
        Wake.objects.filter(case=case).delete()
        return None
    columns = {"event": event, "until": until, **seen}
    kept, _is_new = Wake.objects.update_or_create(case=case, defaults=columns)
    return kept
