"""A job: one piece of long work, who started it, how far it has come."""

from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import is_choice
from cases.work.visibility import LEAD_QUEUE


class JobStatus(models.TextChoices):
    """How a job stands."""

    WAITING = "waiting", "Waiting to start"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Stopped"
    FAILED = "failed", "Given up"


UNFINISHED = frozenset({JobStatus.WAITING, JobStatus.RUNNING})


class JobQuerySet(models.QuerySet["Job"]):
    """Questions asked of jobs."""

    def visible_to(self, user: User) -> Self:
        """Those that somebody started, and those of the people who work a queue that they lead."""
        led = scope_ids(user, LEAD_QUEUE)
        workers = User.objects.filter(
            groups__queuegroupobjectpermission__content_object__in=led,
            groups__queuegroupobjectpermission__permission__codename="work_queue",
        )
        return self.filter(Q(started_by=user) | Q(started_by__in=workers.order_by().values("pk")))

    def unfinished(self) -> Self:
        """Waiting or running."""
        return self.filter(status__in=sorted(UNFINISHED))


class Job(models.Model):
    """One piece of long work.

    `state` is where the next step goes on; it changes in the transaction of the step's effect.
    `errors` are the first that were met, in words. `begun_at` and `stepped_at` are the database's.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    kind = models.TextField()
    title = models.TextField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs")
    correlation_id = models.TextField(default="")
    parameters = models.JSONField(default=dict)
    state = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    status = models.TextField(choices=JobStatus.choices, default=JobStatus.WAITING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(null=True)
    stepped_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("status", JobStatus), name="job_status"),
            models.CheckConstraint(condition=Q(done__gte=F("failed")), name="job_failed_are_done"),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, lease_until__isnull=True)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="job_lease_paired",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(UNFINISHED), ended_at__isnull=True)
                | (~Q(status__in=sorted(UNFINISHED)) & Q(ended_at__isnull=False)),
                name="job_ended_at_iff_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(status__in=["waiting", "running"]), name="job_unfinished"
            ),
            models.Index(fields=["started_by", "-id"], name="job_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will be done."""
        return self.status not in UNFINISHED
