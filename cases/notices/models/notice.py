"""What a queue's people should be told, once each."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import is_choice
from cases.work.models import Queue


class NoticeKind(models.TextChoices):
    """What a notice is about."""

    UNKNOWN_CODE = "unknown_code", "Unknown adjustment code"
    UNKNOWN_PAYER = "unknown_payer", "Unknown payer"
    UNKNOWN_FACILITY = "unknown_facility", "Unknown facility"
    DATA_QUALITY = "data_quality", "Data quality"


class Notice(models.Model):
    """Something that a queue's people should know.

    Told once per key, kept until somebody says it is seen to.
    """

    kind = models.TextField(choices=NoticeKind.choices)
    key = models.TextField(unique=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="notices")
    text = models.TextField()
    raised_at = models.DateTimeField(db_default=Now())
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", NoticeKind), name="notice_kind"),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True, cleared_by__isnull=True)
                | Q(cleared_at__isnull=False, cleared_by__isnull=False),
                name="notice_cleared_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.text
