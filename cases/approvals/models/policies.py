"""Approval policies: which version of each holds, and every version there was."""

from typing import Self

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    ClockTimestamp,
    TimestampedModel,
    is_choice,
)
from billing_portal.kernel.models.history import History
from cases.approvals.choosing import Rule
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import Matter


class PolicyVersion(AppendOnlyModel):
    """What a policy said from some time on; `content` is read by `terms.Terms`.

    `digest` is the SHA-256 of the content that the database computes and checks. A request keeps
    the version that it was made under.
    """

    policy = models.SlugField(help_text="The policy's key.")
    number = models.PositiveIntegerField()
    matter = models.TextField(choices=Matter.choices)
    content = models.JSONField()
    digest = models.TextField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policyversion_number_once"),
            models.UniqueConstraint(fields=["id", "policy"], name="policyversion_of_a_policy"),
            models.CheckConstraint(
                condition=is_choice("matter", Matter), name="policyversion_matter"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="policyversion_number"),
        ]

    def __str__(self) -> str:
        return f"{self.policy}@{self.number}"

    @property
    def terms(self) -> Terms:
        """What it says."""
        return Terms.from_json(self.content)

    @property
    def rule(self) -> Rule:
        """As a choice among policies takes it."""
        return Rule(self.pk, self.policy, self.number, self.terms)


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Questions asked of policies."""

    def in_force(self, matter: Matter) -> Self:
        """Those a request of this matter can fall under, with what they say."""
        return (
            self.filter(matter=matter, is_active=True, current__isnull=False)
            .select_related("current")
            .order_by("key")
        )


class Policy(TimestampedModel):
    """One approval policy, and the version that holds for requests to come."""

    key = models.SlugField(unique=True)
    matter = models.TextField(choices=Matter.choices)
    is_active = models.BooleanField(default=True)
    current = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = PolicyQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(condition=is_choice("matter", Matter), name="policy_matter"),
        ]

    def __str__(self) -> str:
        return self.key
