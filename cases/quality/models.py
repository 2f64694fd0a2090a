"""Weights of work, draws of finished cases, and what the second person said."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    TimestampedModel,
    is_choice,
    money_field,
    rate_field,
)
from billing_portal.kernel.models.history import History
from cases.quality.sampling import Method
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.visibility import WORK_QUEUE, scope_of


class WorkWeight(TimestampedModel):
    """How much work a case of a type, or of a category of it, is; an ordinary one weighs 1."""

    case_type = models.TextField()
    category = models.TextField(default="", blank=True, help_text="Empty: every other category.")
    weight = rate_field()
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_type", "category"], name="workweight_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="workweight_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.case_type} {self.category}".strip()


class QaDraw(AppendOnlyModel):
    """One day's draw: from how many finished cases, of which value, with which seed."""

    on = models.DateField(unique=True)
    seed = models.TextField()
    population = models.PositiveIntegerField()
    amount = money_field()
    drawn_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"draw of {self.on}"


class QaSampleQuerySet(models.QuerySet["QaSample"]):
    """Questions asked of samples."""

    def visible_to(self, user: User) -> Self:
        """Of cases in queues and sites that somebody sees."""
        scope = scope_of(user)
        return self.filter(case__queue__in=scope.queues, case__facility__in=scope.facilities)

    def reviewable_by(self, user: User) -> Self:
        """Of queues that somebody works, and that another one finished; answered or not."""
        works = scope_ids(user, WORK_QUEUE)
        return self.visible_to(user).filter(case__queue__in=works).exclude(resolver=user)

    def waiting_for(self, user: User) -> Self:
        """That somebody may answer."""
        return self.reviewable_by(user).filter(reviewed_at=None)


class QaSample(models.Model):
    """A finished case for a second person, who says how it should have ended before being told."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    draw = models.ForeignKey(QaDraw, on_delete=models.PROTECT, related_name="samples")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="qa_samples")
    method = models.TextField(choices=Method.choices)
    resolver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    disposition = models.TextField(choices=Disposition.choices)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.TextField(choices=Disposition.choices, null=True)
    agrees = models.BooleanField(null=True)
    reason = models.TextField(default="")
    reviewed_at = models.DateTimeField(null=True)

    objects = QaSampleQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "case"], name="qasample_once"),
            models.CheckConstraint(condition=is_choice("method", Method), name="qasample_method"),
            models.CheckConstraint(
                condition=is_choice("disposition", Disposition), name="qasample_disposition"
            ),
            models.CheckConstraint(
                condition=Q(verdict__isnull=True) | is_choice("verdict", Disposition),
                name="qasample_verdict",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("resolver")),
                name="qasample_second_person",
            ),
            models.CheckConstraint(
                condition=Q(
                    reviewer__isnull=True,
                    verdict__isnull=True,
                    agrees__isnull=True,
                    reviewed_at__isnull=True,
                    reason="",
                )
                | Q(
                    reviewer__isnull=False,
                    verdict__isnull=False,
                    agrees__isnull=False,
                    reviewed_at__isnull=False,
                )
                & ~Q(reason=""),
                name="qasample_answer_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(reviewed_at__isnull=True), name="qasample_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"sample {self.pk}"
