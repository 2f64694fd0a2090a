"""What one person is told, and how they want it by mail."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.notices.querysets import NotificationQuerySet
from cases.notices.vocabulary import MessageKind, Pace
from cases.work.models import Case


class Notification(models.Model):
    """One thing that one person is told, once per key. No patient data in `text` or `why`.

    It counts from `not_before` on. `mailed_at` is written by the transaction that takes it for a
    mail, so no two mails hold it.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.TextField(choices=MessageKind.choices)
    key = models.TextField()
    text = models.TextField()
    why = models.TextField(help_text="Why this person is told.")
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, null=True, related_name="notifications", db_index=False
    )
    link = models.TextField(default="", help_text="Where it leads when it is not about a case.")
    is_urgent = models.BooleanField(default=False)
    raised_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    mailed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("kind", MessageKind), name="notification_kind"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(why=""), name="notification_says"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(read_at__isnull=False),
                name="notification_done_is_read",
            ),
            models.UniqueConstraint(fields=["user", "key"], name="notification_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(
                fields=["user", "not_before"],
                condition=Q(read_at__isnull=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["not_before"],
                condition=Q(mailed_at__isnull=True, read_at__isnull=True),
                name="notification_unmailed",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PaceChoice(TimestampedModel):
    """How soon one person wants one kind by mail, when not as soon as everybody."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pace_choices")
    kind = models.TextField(choices=MessageKind.choices)
    pace = models.TextField(choices=Pace.choices)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("kind", MessageKind), name="pacechoice_kind"
            ),
            models.CheckConstraint(condition=is_choice("pace", Pace), name="pacechoice_pace"),
            models.UniqueConstraint(fields=["user", "kind"], name="pacechoice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_pace_display()}"


class QuietHours(TimestampedModel):
    """When one person gets no mail, by the clock of their own zone; it may span midnight."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="quiet_hours"
    )
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False),
                name="quiethours_paired",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts}–{self.ends}" if self.starts else "none"
