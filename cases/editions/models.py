"""Editions of the books of rules, and the back-tests that their activation rests on."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    ClockTimestamp,
    TimestampedModel,
    is_choice,
)
from billing_portal.kernel.models.history import History
from cases.editions.lifecycle import RELEASED, REVIEWED, EditionState


class EditionQuerySet(models.QuerySet["Edition"]):
    """Questions asked of editions."""

    def of(self, book: str) -> Self:
        """Of one book, newest first, with all that a list shows."""
        return (
            self.filter(book=book)
            .select_related("author", "reviewer", "base", "restores", "backtest")
            .order_by("-number")
        )

    def in_force(self) -> Self:
        """Whose content the rows hold now."""
        return self.filter(state=EditionState.ACTIVE)

    def due(self, *, at: datetime) -> Self:
        """Scheduled for a moment that has come, in that order."""
        return self.filter(state=EditionState.SCHEDULED, activates_at__lte=at).order_by(
            "activates_at", "pk"
        )


class Edition(TimestampedModel):
    """One wording of a whole book: drafted by one person, released by another.

    `content` is the book as it would stand. `digest` is the SHA-256 of it that the database
    computes and checks. `base` is the edition in force when it was last saved. The first edition of
    a book is what the house had when its first draft was begun; every other one in force was
    back-tested as it stands, or `restores` a former one.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    book = models.TextField()
    number = models.PositiveIntegerField()
    state = models.TextField(choices=EditionState.choices, default=EditionState.DRAFT)
    content = models.JSONField()
    digest = models.TextField()
    note = models.TextField(default="", blank=True)
    verdict = models.TextField(
        default="", blank=True, help_text="What was said last when it was judged or ended."
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    restores = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    backtest = models.ForeignKey("Backtest", on_delete=models.PROTECT, null=True, related_name="+")
    activates_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = EditionQuerySet.as_manager()
    history = History()

    class Meta:
        permissions = [
            ("author_edition", "Can write editions of rules, targets, weights and code maps"),
            ("release_edition", "Can review, schedule and roll back editions"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=is_choice("state", EditionState), name="edition_state"
            ),
            models.UniqueConstraint(fields=["book", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["book"], condition=Q(state="active"), name="edition_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["book"], condition=Q(state="scheduled"), name="edition_one_scheduled"
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                name="edition_reviewer_is_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(REVIEWED))
                | Q(reviewer__isnull=False)
                | Q(number=1, base__isnull=True),
                name="edition_released_by_a_reviewer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted({*RELEASED, "scheduled"}))
                | Q(backtest__isnull=False)
                | Q(restores__isnull=False)
                | Q(number=1, base__isnull=True),
                name="edition_released_after_a_backtest",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(activates_at__isnull=False),
                name="edition_scheduled_for_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(RELEASED), activated_at__isnull=False)
                | (~Q(state__in=sorted(RELEASED)) & Q(activated_at__isnull=True)),
                name="edition_activated_at_iff_released",
            ),
        ]

    def __str__(self) -> str:
        return f"edition {self.number} of {self.book}"


class Backtest(AppendOnlyModel):
    """What a content would have done, as it was found once; `digest` says of which content."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="backtests")
    digest = models.TextField()
    days = models.PositiveIntegerField()
    report = models.JSONField()
    ran_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ran_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "digest"], name="backtest_of_a_content"),
            models.CheckConstraint(condition=Q(days__gte=1), name="backtest_days"),
        ]
        indexes = [models.Index(fields=["edition", "-id"], name="backtest_of_edition")]

    def __str__(self) -> str:
        return f"back-test {self.pk}"
