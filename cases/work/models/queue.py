"""Queues: who works what; and the maintained counts of each."""

from django.db import models
from guardian.models import GroupObjectPermissionBase

from billing_portal.kernel.models.bases import TimestampedModel, is_choice, money_field
from billing_portal.kernel.models.history import History
from integrations.canonical.models import Facility


class Take(models.TextChoices):
    """How cases of a queue come into people's hands."""

    FREE = "free", "Free pick: people choose"
    NEXT_ONLY = "next_only", "Next only: the portal chooses; leads may pick"
    BOTH = "both", "Both"


class Queue(TimestampedModel):
    """One team's worklist, named by the outcome it works for. A case stands in exactly one.

    `capacity`: how many of its cases one person may have in hand when taking the next.
    `idle_hours`: after so many business hours of its site a case that nobody touched in somebody's
    hands is idle; with `releases_idle` it goes back to the queue.
    """

    key = models.SlugField(unique=True)
    name = models.TextField()
    purpose = models.TextField(blank=True, default="")
    team = models.TextField(blank=True, default="")
    position = models.PositiveIntegerField(default=100, help_text="Order in lists.")
    is_active = models.BooleanField(default=True)
    take = models.TextField(choices=Take.choices, default=Take.BOTH)
    capacity = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Cases in one person's hands; empty: no limit."
    )
    idle_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Business hours untouched; empty: never idle."
    )
    releases_idle = models.BooleanField(
        default=False, help_text="Put idle cases back into the queue."
    )
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        permissions = [
            ("work_queue", "Can work the cases of this queue"),
            ("lead_queue", "Can lead this queue"),
        ]
        constraints = [
            models.CheckConstraint(condition=is_choice("take", Take), name="queue_take"),
            models.CheckConstraint(
                condition=models.Q(releases_idle=False) | models.Q(idle_hours__isnull=False),
                name="queue_releases_idle_after_some_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueGroupObjectPermission(GroupObjectPermissionBase):
    """A group's grant on one queue; made only by `access.grants.grant`."""

    content_object = models.ForeignKey(Queue, on_delete=models.CASCADE)

    history = History()

    class Meta(GroupObjectPermissionBase.Meta):
        pass


class CountBucket(models.TextChoices):
    """What is counted per queue and facility."""

    OPEN = "open", "Open"
    UNASSIGNED = "unassigned", "Unassigned"
    DEFERRED = "deferred", "Deferred"


class QueueCount(models.Model):
    """Cases and amount at risk of one queue, facility and bucket, folded from deltas."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+", db_index=False)
    facility = models.ForeignKey(
        Facility, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    bucket = models.TextField(choices=CountBucket.choices)
    cases = models.IntegerField(default=0)
    amount = money_field(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "facility", "bucket"], name="queuecount_once"),
            models.CheckConstraint(
                condition=is_choice("bucket", CountBucket), name="queuecount_bucket"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id}/{self.facility_id}/{self.bucket}: {self.cases}"


class CountDelta(models.Model):
    """A change of a count, written by a trigger on the case table; a sweep folds and removes it."""

    queue = models.ForeignKey(
        Queue, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    facility = models.ForeignKey(
        Facility, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    bucket = models.TextField(choices=CountBucket.choices)
    cases = models.IntegerField()
    amount = money_field()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("bucket", CountBucket), name="countdelta_bucket"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bucket}: {self.cases:+}"
