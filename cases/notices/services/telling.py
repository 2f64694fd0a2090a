"""Telling people things, and noting that they have read or done with them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from billing_portal.kernel.transactions import joining
from cases.notices.models import MessageKind, Notification

TELL = """
INSERT INTO cases_notification
    (public_id, user_id, kind, key, text, why, case_id, link, is_urgent, not_before)
SELECT gen_random_uuid(), w.user_id, w.kind, w.key, w.text, w.why, w.case_id, w.link, w.is_urgent,
       coalesce(w.not_before, statement_timestamp())
FROM jsonb_to_recordset(%s::jsonb) AS w (user_id bigint, kind text, key text, text text, why text,
                                  case_id bigint, link text, is_urgent boolean,
                                  not_before timestamptz)
JOIN accounts_user AS person ON person.id = w.user_id
WHERE person.is_active AND person.kind = 'person'
ORDER BY w.user_id, w.key
ON CONFLICT (user_id, key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell one person, once per `key`. No patient data in `text` or `why`.

    `why` says why this person is told. It leads to the case, or to the page of `url_name` (with
    `url_args`). It counts from `not_before` on. `instant` lets it go out by mail at once, unless
    the person chose another pace for its kind.
    """

    user_id: int
    kind: MessageKind
    key: str
    text: str
    why: str
    case_id: int | None = None
    url_name: str = ""
    url_args: tuple[str, ...] = ()
    instant: bool = False
    not_before: datetime | None = None


@joining
def notify_many(*, drafts: Iterable[Message]) -> int:
    """Tell people what they were never told, in one statement; returns how many were told.

    Only people who may sign in are told. Two tellers of the same key: the second waits and tells
    nothing; all tell in the same order, so that none waits for the other in a circle.
    """
    rows = {(draft.user_id, draft.key): _row(draft) for draft in drafts}
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TELL, [json.dumps(list(rows.values()), default=str)])
        return int(cursor.rowcount)


@transaction.atomic
def mark_read(*, notifications: QuerySet[Notification], at: datetime) -> int:
    """Note that these were looked at; returns how many were not before."""
    return notifications.filter(read_at=None).update(read_at=at)


@transaction.atomic
def mark_done(*, notifications: QuerySet[Notification], at: datetime) -> int:
    """Note that these are done with, and so read; returns how many were not before."""
    return notifications.filter(done_at=None).update(done_at=at, read_at=Coalesce("read_at", at))


@transaction.atomic
def mark_open(*, notifications: QuerySet[Notification]) -> int:
    """Take these up again; returns how many were done with."""
    return notifications.exclude(done_at=None).update(done_at=None)


def _row(draft: Message) -> dict[str, Any]:
    return {
        "user_id": draft.user_id,
        "kind": draft.kind,
        "key": draft.key,
        "text": draft.text,
        "why": draft.why,
        "case_id": draft.case_id,
        "link": reverse(draft.url_name, args=draft.url_args) if draft.url_name else "",
        "is_urgent": draft.instant,
        "not_before": draft.not_before,
    }
