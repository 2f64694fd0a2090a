"""The bell of long work: reads the clock, steps what waits. Losing it loses nothing."""

from celery import shared_task
from django.utils import timezone

from cases.jobs.stepping import give_up, work_next

BATCH = 200  # steps, then another worker's turn


@shared_task(name="cases.work_jobs", ignore_result=True)
def work_jobs(**_from_newer_callers: object) -> None:
    """Step the jobs in turn until none waits or the batch is spent. Beat: every 5 s, and rung."""
    give_up()
    for _ in range(BATCH):
        if work_next(at=timezone.now()) is None:
            return
