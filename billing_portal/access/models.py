"""Tables of access."""

from django.db import models
from django.db.models.functions import Now

from billing_portal.accounts.models import User


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
