"""Tables of access."""

from datetime import timedelta
from typing import Self

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import ClockTimestamp, TimestampedModel
from billing_portal.kernel.models.history import History

LONGEST = timedelta(hours=8)
"""For so long an emergency opens what is otherwise shut; who needs longer asks again."""


class IdempotencyKey(models.Model):
    """An unsafe call that was answered: its caller's key, the digest of what was asked, the answer.

    Written in the transaction of the call's effect, so both are there or neither.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.TextField()
    digest = models.TextField()
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(null=True)
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotencykey_once")]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class EmergencyGrantQuerySet(models.QuerySet["EmergencyGrant"]):
    """Questions asked of emergency grants."""

    def in_force(self) -> Self:
        """That open something now, by the database's clock: nothing has to end them."""
        now = ClockTimestamp()
        return self.filter(begins_at__lte=now, ends_at__gt=now)


class EmergencyGrant(TimestampedModel):
    """What one person may do on one thing for some hours, in an emergency.

    `thing_id` is of the permission's model. `reference` is that of the approved request: the
    database refuses one without, and an end later than what was approved.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="emergency_grants")
    permission = models.ForeignKey(Permission, on_delete=models.PROTECT, related_name="+")
    thing_id = models.BigIntegerField()
    reference = models.TextField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = EmergencyGrantQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "permission", "thing_id"], name="emergencygrant_once"
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="emergencygrant_reference"),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("begins_at"), ends_at__lte=F("begins_at") + LONGEST),
                name="emergencygrant_ends",
            ),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="emergencygrant_of_user")]

    def __str__(self) -> str:
        return f"{self.reference} until {self.ends_at}"
