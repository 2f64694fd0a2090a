"""Background work on cases: each task reads the clock and makes one call.

Safe to run twice, beside itself, or never: the rows say what is to be done, a later run finds it.
"""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from billing_portal.kernel.days import house_day
from cases.actions import (
    attending,
    cascading,
    deadlines,
    exports,
    idling,
    posting,
    prompting,
    proving,
    releasing,
    returning,
    reviewing,
    watching,
)
from cases.detection.services import drain
from cases.jobs.tasks import work_jobs
from cases.notices.delivery import mail_due
from cases.priority import services as priority
from cases.types.denial.appeals.actions import sweeping
from cases.types.posting_failure import actions as posting_failures
from cases.types.refund import actions as refunds
from cases.types.small_balance import actions as small_balances
from cases.work import services

__all__ = [
    "activate_editions",
    "assess_deadlines",
    "collect_small_balances",
    "confirm_effects",
    "count_ranks",
    "count_rates",
    "detect",
    "fold_counts",
    "follow_appeals",
    "forget_exports",
    "prompt_approvers",
    "prove_apart",
    "reconcile_ledgers",
    "release_idle",
    "return_deferred",
    "send_mail",
    "warn_of_deadlines",
    "work_jobs",
]

DAY = timedelta(days=1)


@shared_task(name="cases.detect", ignore_result=True)
def detect(**_from_newer_callers: object) -> None:
    """Make cases of what the feed says. Beat: every 10 s, and rung after each message."""
    drain(at=timezone.now())


@shared_task(name="cases.return_deferred", ignore_result=True)
def return_deferred(**_from_newer_callers: object) -> None:
    """Bring back cases whose deferral is over, and end leases that ran out. Beat: every 60 s."""
    returning.return_deferred(at=timezone.now())
    services.release_leases()
    attending.forget()


@shared_task(name="cases.release_idle", ignore_result=True)
def release_idle(**_from_newer_callers: object) -> None:
    """Put back cases that lie untouched, in queues that say so. Beat: every ten minutes."""
    idling.release_idle(at=timezone.now())


@shared_task(name="cases.fold_counts", ignore_result=True)
def fold_counts(**_from_newer_callers: object) -> None:
    """Fold the queue counts until nothing is left to fold. Beat: every 30 s."""
    while services.fold_counts():
        pass


@shared_task(name="cases.watch_clocks", ignore_result=True)
def watch_clocks(**_from_newer_callers: object) -> None:
    """Tell people whose time runs out, and end pauses at their longest. Beat: every 60 s."""
    watching.watch(at=timezone.now())


@shared_task(name="cases.send_mail", ignore_result=True)
def send_mail(**_from_newer_callers: object) -> None:
    """Mail what people were told, as soon as each wants it. Beat: every 60 s."""
    mail_due(at=timezone.now())


@shared_task(name="cases.activate_editions", ignore_result=True)
def activate_editions(**_from_newer_callers: object) -> None:
    """Put in force the editions whose moment has come. Beat: every 30 s."""
    releasing.activate_due(at=timezone.now())


@shared_task(name="cases.count_ranks", ignore_result=True)
def count_ranks(**_from_newer_callers: object) -> None:
    """Count anew where open cases stand, for what time changed. Beat: every hour."""
    priority.count_ranks(at=timezone.now())


@shared_task(name="cases.count_rates", ignore_result=True)
def count_rates(**_from_newer_callers: object) -> None:
    """Count from decided cases how likely denials are overturned. Beat: once a day."""
    priority.count_rates()


@shared_task(name="cases.assess_deadlines", ignore_result=True)
def assess_deadlines(**_from_newer_callers: object) -> None:
    """Count the deadlines for which a rule came since their case was opened. Beat: every hour."""
    while deadlines.assess_unset(at=timezone.now()):
        pass


@shared_task(name="cases.follow_appeals", ignore_result=True)
def follow_appeals(**_from_newer_callers: object) -> None:
    """Ask payers again when the day has come; take outcomes from remittances. Beat: every 60 s."""
    while sweeping.remind(at=timezone.now()):
        pass
    sweeping.settle(at=timezone.now())


@shared_task(name="cases.prompt_approvers", ignore_result=True)
def prompt_approvers(**_from_newer_callers: object) -> None:
    """Tell who is to decide on requests for approval, and escalate. Beat: every 30 s."""
    while prompting.prompt_due(at=timezone.now()) == prompting.BATCH:
        pass


@shared_task(name="cases.prove_apart", ignore_result=True)
def prove_apart(**_from_newer_callers: object) -> None:
    """Put on record whether anybody could move money alone. Beat: once a day."""
    proving.prove_apart(at=timezone.now())


@shared_task(name="cases.draw_samples", ignore_result=True)
def draw_samples(**_from_newer_callers: object) -> None:
    """Draw yesterday's finished cases for a second look, once. Beat: every hour."""
    yesterday = house_day(timezone.now()) - DAY
    reviewing.draw_day(on=yesterday)


@shared_task(name="cases.warn_of_deadlines", ignore_result=True)
def warn_of_deadlines(**_from_newer_callers: object) -> None:
    """Tell people while there is time that a legal deadline comes. Beat: every hour."""
    cascading.warn_of_deadlines(at=timezone.now())


@shared_task(name="cases.forget_exports", ignore_result=True)
def forget_exports(**_from_newer_callers: object) -> None:
    """Delete exported files that were kept for a day. Beat: hourly."""
    exports.forget(at=timezone.now())


@shared_task(name="cases.confirm_effects", ignore_result=True)
def confirm_effects(**_from_newer_callers: object) -> None:
    """Close the cases of which the ledger confirmed all that was decided. Beat: every 30 s."""
    while posting.confirm(at=timezone.now()):
        pass


@shared_task(name="cases.reconcile_ledgers", ignore_result=True)
def reconcile_ledgers(**_from_newer_callers: object) -> None:
    """Compare our effects with what the ledgers hold; differences are cases. Beat: once a day."""
    posting_failures.reconcile(at=timezone.now())


@shared_task(name="cases.age_refund_checks", ignore_result=True)
def age_refund_checks(**_from_newer_callers: object) -> None:
    """Lead uncashed refund checks on, where the days say so. Beat: every hour."""
    refunds.age_checks(at=timezone.now())


@shared_task(name="cases.collect_small_balances", ignore_result=True)
def collect_small_balances(**_from_newer_callers: object) -> None:
    """Collect the small balances of each site, once its day began. Beat: every hour."""
    small_balances.collect(at=timezone.now())
