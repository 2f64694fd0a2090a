"""The Celery application: a bell that tells workers where to look.

Losing a message loses nothing: every job is a row that a sweep finds (facts: `docs/decisions/`).
"""

import os

from celery import Celery
from celery.signals import worker_process_init

from billing_portal.embedded.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_portal.settings")

app = Celery("billing_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["integrations", "cases"])
app.conf.beat_schedule = {
    "ring the schedules": {"task": "integrations.ring_schedules", "schedule": 15.0},
    "apply waiting messages": {"task": "integrations.apply_waiting", "schedule": 15.0},
    "deliver what is due": {"task": "integrations.deliver_due", "schedule": 10.0},
    "detect from the feed": {"task": "cases.detect", "schedule": 10.0},
    "return deferred cases": {"task": "cases.return_deferred", "schedule": 60.0},
    "put idle cases back": {"task": "cases.release_idle", "schedule": 600.0},
    "step long work": {"task": "cases.work_jobs", "schedule": 5.0},
    "watch clocks": {"task": "cases.watch_clocks", "schedule": 60.0},
    "mail what people were told": {"task": "cases.send_mail", "schedule": 60.0},
    "follow appeals": {"task": "cases.follow_appeals", "schedule": 60.0},
    "age refund checks": {"task": "cases.age_refund_checks", "schedule": 3600.0},
    "collect small balances": {"task": "cases.collect_small_balances", "schedule": 3600.0},
    "tell approvers": {"task": "cases.prompt_approvers", "schedule": 30.0},
    "prove that duties are apart": {"task": "cases.prove_apart", "schedule": 86_400.0},
    "fold queue counts": {"task": "cases.fold_counts", "schedule": 30.0},
    "put editions in force": {"task": "cases.activate_editions", "schedule": 30.0},
    "count ranks": {"task": "cases.count_ranks", "schedule": 3600.0},
    "count rates": {"task": "cases.count_rates", "schedule": 86_400.0},
    "draw samples for a second look": {"task": "cases.draw_samples", "schedule": 3600.0},
    "warn of deadlines": {"task": "cases.warn_of_deadlines", "schedule": 3600.0},
    "assess deadlines": {"task": "cases.assess_deadlines", "schedule": 3600.0},
    "close what the ledger confirmed": {"task": "cases.confirm_effects", "schedule": 30.0},
    "reconcile the ledgers": {"task": "cases.reconcile_ledgers", "schedule": 86_400.0},
    "delete old exports": {"task": "cases.forget_exports", "schedule": 3600.0},
}


@worker_process_init.connect
def end_with_the_worker(**_from_celery: object) -> None:
    """A pool process whose worker was killed ends too, instead of waiting for ever."""
    end_with_parent()
