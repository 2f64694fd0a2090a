"""The bells of the way in: each reads the clock and makes one call, and nothing depends on it.

Safe to run twice, beside itself, or never: rows say what is to be done, and a later run finds it.
"""

from celery import shared_task
from django.utils.timezone import now  # noqa: TID251 -- a task is a door

from billing_portal.access.actor import system_actor
from integrations.inbox.applying import apply_next
from integrations.inbox.leases import bury
from integrations.outbox.tasks import deliver
from integrations.sync.services import ring

__all__ = ["apply_waiting", "deliver", "ring_schedules"]

BATCH = 100
INGEST = "ingest"


@shared_task(name="integrations.ring_schedules", ignore_result=True)
def ring_schedules(**_from_newer_callers: object) -> None:
    """Pull from the sources whose time has come, then apply what came. Beat: every 15 s."""
    if any(pulled.receipts for pulled in ring(by=system_actor(INGEST), now=now())):
        apply_all()


@shared_task(name="integrations.apply_waiting", ignore_result=True)
def apply_waiting(**_from_newer_callers: object) -> None:
    """Apply messages until none waits or the batch is spent. Beat: every 15 s."""
    apply_all()


def apply_all() -> None:
    """Give up what failed too often, then apply up to BATCH messages."""
    by = system_actor(INGEST)
    bury(by=by)
    for _ in range(BATCH):
        if not apply_next(by=by):
            return
