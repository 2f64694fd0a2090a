"""Whether the portal lives, is ready, and gets its work done; no patient data, no names.

`/livez`: this process answers. `/readyz`: the database answers and has every migration.
`/healthz/work`: judged by work done, for those who may see messages or from this machine.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing_portal.access.grants import may
from billing_portal.access.roles import SEE_MESSAGES
from integrations.feed.models import Cursor
from integrations.inbox.models import WAITING, Message
from integrations.outbox.models import OutboxMessage
from integrations.sync.models import ScheduleSlot

OLDEST_MESSAGE = timedelta(minutes=5)
OLDEST_BEAT = timedelta(minutes=5)
OLDEST_SENDING = timedelta(minutes=10)  # a destination that is out is left alone for five
DETECTION = "detection"


@login_not_required
@require_safe
def livez(_request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Requests can be served: the database answers and its schema is this code's."""
    failing = [name for name, check in READY.items() if not check()]
    return JsonResponse(
        {"status": "failing" if failing else "ok", "failing": failing},
        status=503 if failing else 200,
    )


@login_not_required
@require_safe
def work(request: HttpRequest) -> JsonResponse:
    """How far behind the work is. 503 when a message, what goes out or the beat waits too long."""
    if not is_trusted(request):
        return JsonResponse({"status": "forbidden"}, status=403)
    now = timezone.now()
    facts = work_facts(now)
    late = [name for name, limit in LIMITS.items() if (facts[name] or 0) > limit.total_seconds()]
    return JsonResponse(
        {"status": "failing" if late else "ok", "failing": late, **facts},
        status=503 if late else 200,
    )


LIMITS = {
    "oldest_waiting_message_seconds": OLDEST_MESSAGE,
    "since_last_beat_slot_seconds": OLDEST_BEAT,
    "oldest_due_sending_seconds": OLDEST_SENDING,
}


def is_trusted(request: HttpRequest) -> bool:
    """Somebody who may see messages, or a monitor on this machine that no proxy stands before."""
    is_local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    is_proxied = "HTTP_X_FORWARDED_FOR" in request.META
    return (is_local and not is_proxied) or may(request.user, SEE_MESSAGES)


def work_facts(now: datetime) -> dict[str, Any]:
    """Ages in seconds; null where there is nothing to age."""
    waiting = Message.objects.filter(status__in=WAITING).aggregate(at=Min("received_at"))["at"]
    slot = ScheduleSlot.objects.aggregate(at=Max("slot"))["at"]
    due = OutboxMessage.objects.next_of_their_order().aggregate(at=Min("due_at"))["at"]
    detected = Cursor.objects.filter(consumer=DETECTION).aggregate(at=Max("moved_at"))["at"]
    return {
        "oldest_waiting_message_seconds": age(waiting, now),
        "since_last_beat_slot_seconds": age(slot, now),
        "since_last_detection_seconds": age(detected, now),
        "oldest_due_sending_seconds": age(due, now),
    }


def age(at: datetime | None, now: datetime) -> int | None:
    """Whole seconds since a time."""
    return None if at is None else max(int((now - at).total_seconds()), 0)


def database_answers() -> bool:
    """One round trip."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def schema_is_current() -> bool:
    """No migration is missing."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


READY: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": schema_is_current,
}
