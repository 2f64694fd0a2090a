"""The only writer of notices: something people should be told, once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from cases.notices.models import Notice, NoticeKind
from cases.work.visibility import MayNotWork, may_work

SEEN_TO = "Seen to"


@dataclass(frozen=True, slots=True)
class Draft:
    """What to say once, to a queue's people; `key` makes it once. No patient data in `text`."""

    kind: NoticeKind
    key: str
    text: str
    queue_id: int


@transaction.atomic
def raise_many(*, drafts: Iterable[Draft]) -> int:
    """Raise the notices that were never raised; returns how many are new.

    A cleared notice is not raised again: it has been told.
    """
    by_key = {draft.key: draft for draft in drafts}
    held = set(Notice.objects.filter(key__in=by_key).values_list("key", flat=True))
    new = [draft for key, draft in by_key.items() if key not in held]
    Notice.objects.bulk_create(
        (
            Notice(kind=draft.kind, key=draft.key, text=draft.text, queue_id=draft.queue_id)
            for draft in new
        ),
        ignore_conflicts=True,
    )
    return len(new)


@transaction.atomic
def clear(*, notice: Notice, by: User, at: datetime, reason: str = SEEN_TO) -> Notice:
    """Say that a notice is seen to, and how; said twice is said once. Locks it.

    Raises MayNotWork unless somebody works the queue it was raised for.
    """
    if not may_work(by, queue_id=notice.queue_id):
        message = "Only those who work this queue can clear its notices."
        raise MayNotWork(message)
    locked = Notice.objects.select_for_update().get(pk=notice.pk)
    if locked.cleared_at is None:
        locked.cleared_at, locked.cleared_by = at, by
        locked.save(update_fields=["cleared_at", "cleared_by"])
        audit.record(
            chain="config:notice",
            verb="notice.cleared",
            subject=f"notice:{locked.pk}",
            by=by,
            reason=reason,
        )
    return locked
