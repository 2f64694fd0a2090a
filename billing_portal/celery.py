"""The Celery application: a bell that tells workers where to look.

Losing a message loses nothing: every job is a row that a sweep finds (facts: `docs/decisions/`).
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_portal.settings")

app = Celery("billing_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["integrations", "cases"])
app.conf.beat_schedule = {
    "ring the schedules": {"task": "integrations.ring_schedules", "schedule": 15.0},
    "apply waiting messages": {"task": "integrations.apply_waiting", "schedule": 15.0},
    "detect from the feed": {"task": "cases.detect", "schedule": 10.0},
    "return deferred cases": {"task": "cases.return_deferred", "schedule": 60.0},
    "fold queue counts": {"task": "cases.fold_counts", "schedule": 30.0},
}
