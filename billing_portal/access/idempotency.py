"""One effect for one key: an unsafe call that is sent twice is answered twice and done once.

The key, the digest of the call and its answer are committed with the effect. A refused call leaves
nothing behind, so it may be sent again under the same key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from billing_portal.access.models import IdempotencyKey
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 200


class KeyReused(DomainError):
    """The key was used for another call before (HTTP 422)."""

    code = "idempotency_key_reused"


class CallInFlight(DomainError):
    """The same key is being worked on right now (HTTP 409)."""

    code = "idempotency_call_in_flight"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered: an HTTP status and a JSON value; `is_replay` if from memory."""

    status: int
    body: Any
    is_replay: bool = False


@transaction.atomic
def once(*, by: User, key: str, digest: str, at: datetime, work: Callable[[], Answer]) -> Answer:
    """Do the work and keep its answer, or give the answer kept from the first time.

    Locks the caller's key until the transaction ends. Raises KeyReused for another digest,
    CallInFlight while the first call is still at it, and whatever `work` raises; then nothing is
    kept.
    """
    if not _lock(f"{by.pk}:{key}"):
        raise CallInFlight("A call with this key is still being worked on. Ask again in a moment.")
    kept = IdempotencyKey.objects.filter(user=by, key=key, answered_at__gt=at - KEPT_FOR)
    held = kept.order_by("pk").first()
    if held is not None:
        if held.digest != digest:
            raise KeyReused("This key was used for another call. Use a new key for a new call.")
        return Answer(held.status, held.answer, is_replay=True)
    _forget_expired(by=by, key=key, at=at)
    answer = work()
    IdempotencyKey.objects.create(
        user=by, key=key, digest=digest, status=answer.status, answer=answer.body
    )
    return answer


def _lock(name: str) -> bool:
    """Take an advisory lock for the rest of the transaction, without waiting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def _forget_expired(*, by: User, key: str, at: datetime) -> None:
    """Remove this caller's answers that are no longer kept, skipping what another call removes."""
    expired = IdempotencyKey.objects.filter(user=by, answered_at__lte=at - KEPT_FOR)
    locked = expired.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)
    IdempotencyKey.objects.filter(pk__in=[*locked[:100]]).delete()
    expired.filter(key=key).delete()
