"""What people can do, how much they can hold, and what they passed over."""

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.work.models import Case, Queue
from integrations.canonical.models import Payer


class Skill(TimestampedModel):
    """A category or a payer that a person, or everybody of a group, can work.

    Who has no skill of a kind is offered everything of that kind; who has some, only those.
    """

    person = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="skills"
    )
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    category = models.TextField(blank=True, default="")
    payer = models.ForeignKey(
        Payer, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, group__isnull=True)
                | Q(person__isnull=True, group__isnull=False),
                name="skill_of_person_or_group",
            ),
            models.CheckConstraint(
                condition=(~Q(category="") & Q(payer__isnull=True))
                | Q(category="", payer__isnull=False),
                name="skill_category_or_payer",
            ),
            models.UniqueConstraint(
                fields=["person", "group", "category", "payer"],
                nulls_distinct=False,
                name="skill_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.group}: {self.category or self.payer}"


class Capacity(TimestampedModel):
    """How many cases of a queue one person may have in hand; goes before the queue's own number."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="capacities")
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+")
    cases = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name_plural = "capacities"
        constraints = [
            models.UniqueConstraint(fields=["person", "queue"], name="capacity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.cases} of {self.queue}"


class SkipReason(models.TextChoices):
    """Why somebody passes a case over."""

    NO_ACCESS = "no_access", "I lack access to the payer's portal or the record"
    NEEDS_OTHER_SKILL = "needs_other_skill", "It needs a skill that I do not have"
    CONFLICT = "conflict", "I know the patient, or have another conflict"
    NEEDS_CALL = "needs_call", "It needs a call, and the payer is closed now"
    OTHER = "other", "Another reason, as noted"


class Skip(AppendOnlyModel):
    """Somebody passed a case over; on that day it is not offered to them again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="skips")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(choices=SkipReason.choices)
    note = models.TextField(blank=True, default="")
    on = models.DateField()
    skipped_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("reason", SkipReason), name="skip_reason"),
            models.CheckConstraint(
                condition=~Q(reason=SkipReason.OTHER) | ~Q(note=""), name="skip_other_says_what"
            ),
        ]
        indexes = [models.Index(fields=["person", "on", "queue"], name="skip_of_day")]

    def __str__(self) -> str:
        return f"skip {self.pk}"
