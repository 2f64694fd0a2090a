"""Watching a case, and watching it no longer."""

from django.db import transaction

from billing_portal.accounts.models import User
from cases.collaboration.models import Watch
from cases.collaboration.services.recording import record
from cases.work.models import Case
from cases.work.visibility import require_sight


@transaction.atomic
def watch(*, case: Case, by: User) -> bool:
    """Be told of what becomes of a case that one sees; whether that is new. Raises CaseNotFound."""
    require_sight(by, case)
    _row, is_new = Watch.objects.get_or_create(case=case, user=by)
    if is_new:
        record(case, "watched", by=by, reason="Watches it")
    return is_new


@transaction.atomic
def unwatch(*, case: Case, by: User) -> bool:
    """Be told no longer; whether one was. Raises CaseNotFound."""
    require_sight(by, case)
    ended, _each = Watch.objects.filter(case=case, user=by).delete()
    if ended:
        record(case, "unwatched", by=by, reason="Watches it no longer")
    return bool(ended)
