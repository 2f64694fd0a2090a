"""The bell of the way out: one call, and nothing depends on it."""

from celery import shared_task

from integrations.outbox.delivering import deliver_due

BATCH = 500  # messages, then another worker's turn


@shared_task(name="integrations.deliver_due", ignore_result=True)
def deliver(**_from_newer_callers: object) -> None:
    """Deliver what is due until nothing is or the batch is spent. Beat: every 10 s, and rung."""
    deliver_due(limit=BATCH)
