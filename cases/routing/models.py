"""Routing rules as versioned rows, and the trace each decision leaves."""

from typing import Self

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.routing.vocabulary import NotOurs
from cases.work.models import Case, Queue


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    """Questions asked of rules."""

    def in_the_book(self) -> Self:
        """Those of the edition in force, in their order."""
        return self.filter(position__isnull=False).order_by("position", "pk")

    def used(self) -> Self:
        """Those that decide, in their order."""
        return self.in_the_book().filter(is_active=True)


class RoutingRule(TimestampedModel):
    """When the condition holds, a case goes to the queue; the first rule that matches wins.

    A rule without a position has left the book; its row stays, since decisions name it.

    `condition` is a tree over `cases.routing.fields`: {"all": [...]}, {"any": [...]}, {"not": ...}
    or {"field": "category", "is": "in", "value": ["AUTH"]}.
    """

    key = models.SlugField(unique=True)
    name = models.TextField()
    position = models.PositiveIntegerField(null=True, blank=True)
    condition = models.JSONField()
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="routing_rules")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = RoutingRuleQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position"],
                name="routingrule_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(position__isnull=False),
                name="routingrule_used_has_position",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoutingDecision(AppendOnlyModel):
    """Why a case stands where it does: the rule, its version, and the facts it saw.

    No rule: nothing matched.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="routing_decisions")
    rule = models.ForeignKey(RoutingRule, on_delete=models.PROTECT, null=True, related_name="+")
    rule_version = models.PositiveIntegerField(null=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="routingdecision_of_case"),
            models.Index(fields=["decided_at", "rule"], name="routingdecision_lately"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Misrouting(AppendOnlyModel):
    """Somebody moved a case to another queue and said why it was not theirs.

    It names the rule that had sent it, if one had: so it can be counted for and against rules.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="misroutings")
    from_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    to_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    cause = models.TextField(choices=NotOurs.choices)
    rule = models.ForeignKey(
        RoutingRule, on_delete=models.PROTECT, null=True, related_name="misroutings"
    )
    rule_version = models.PositiveIntegerField(null=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("cause", NotOurs), name="misrouting_cause"),
            models.CheckConstraint(
                condition=models.Q(rule__isnull=True, rule_version__isnull=True)
                | models.Q(rule__isnull=False, rule_version__isnull=False),
                name="misrouting_rule_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.get_cause_display()}"
