"""Saying that one is at a case, and keeping what one typed. The database's clock says when."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import ClockTimestamp
from billing_portal.kernel.pure.errors import DomainError
from cases.collaboration.models import Draft, Presence
from cases.work.models import Case
from cases.work.visibility import require_sight

FORGOTTEN = timedelta(minutes=2)
DRAFT_KEPT = timedelta(days=14)
LONGEST = 40_000


class DraftRefused(DomainError):
    """What was typed is longer than any form takes."""

    code = "draft_refused"


@transaction.atomic
def be_at(*, case: Case, by: User, is_writing: bool = False) -> None:
    """Say that somebody has a case open right now. Raises CaseNotFound."""
    require_sight(by, case)
    Presence.objects.bulk_create(
        [Presence(case=case, user=by, is_writing=is_writing, seen_at=ClockTimestamp())],
        update_conflicts=True,
        unique_fields=["case", "user"],
        update_fields=["is_writing", "seen_at"],
    )


@transaction.atomic
def keep_draft(*, case: Case, by: User, form: str, fields: Mapping[str, str]) -> None:
    """Keep what somebody typed into a form; nothing typed is nothing kept.

    Raises CaseNotFound, DraftRefused.
    """
    require_sight(by, case)
    typed = {name: value for name, value in fields.items() if value.strip()}
    if sum(map(len, typed.values())) > LONGEST:
        message = "This is longer than the form takes, so it is not kept."
        raise DraftRefused(message)
    if not typed:
        drop_draft(case=case, by=by, form=form)
        return
    Draft.objects.bulk_create(
        [Draft(case=case, user=by, form=form, fields=typed, saved_at=ClockTimestamp())],
        update_conflicts=True,
        unique_fields=["case", "user", "form"],
        update_fields=["fields", "saved_at"],
    )


def drop_draft(*, case: Case, by: User, form: str) -> None:
    """Forget what was typed: it is sent, or not wanted any more."""
    Draft.objects.filter(case=case, user=by, form=form).delete()


def forget() -> int:
    """Forget who was at cases a while ago, and drafts that nobody came back to; how many."""
    now = ClockTimestamp()
    gone, _each = Presence.objects.alias(now=now).filter(seen_at__lt=F("now") - FORGOTTEN).delete()
    old, _each = Draft.objects.alias(now=now).filter(saved_at__lt=F("now") - DRAFT_KEPT).delete()
    return gone + old
