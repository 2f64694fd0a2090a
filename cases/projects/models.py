"""Projects, the cases they hold, and what is changed so that the denials stop."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import TimestampedModel, is_choice, rate_field
from billing_portal.kernel.models.history import History
from cases.projects.lifecycle import ProjectState
from cases.projects.patterns import Pattern
from cases.work.models import Case
from cases.work.visibility import scope_of
from integrations.canonical.models import Facility, Payer


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions asked of projects."""

    def visible_to(self, user: User) -> Self:
        """Those that hold a case somebody may see, and those that are theirs."""
        scope = scope_of(user)
        seen = ProjectCase.objects.filter(
            project=OuterRef("pk"),
            case__queue__in=scope.queues,
            case__facility__in=scope.facilities,
        )
        return self.filter(Exists(seen) | Q(owner=user))

    def for_list(self) -> Self:
        """With all that one row of a list shows."""
        return self.select_related("owner", "payer", "facility")


class Project(TimestampedModel):
    """Like denials worked together.

    What makes them alike stands in the columns of its pattern; an empty one means any. The target
    is a denial rate, a share of one, to be reached by a day.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.TextField(default="", blank=True, help_text="The leading reason, e.g. CO-197.")
    remark = models.TextField(default="", blank=True, help_text="The leading remark, e.g. N54.")
    service = models.TextField(default="", blank=True, help_text="The first line's procedure.")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="projects")
    state = models.TextField(choices=ProjectState.choices, default=ProjectState.OPEN)
    target_rate = rate_field(null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ProjectQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("state", ProjectState), name="project_state"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="project_name"),
            models.CheckConstraint(
                condition=Q(payer__isnull=False)
                | Q(facility__isnull=False)
                | ~Q(code="", remark="", service=""),
                name="project_pattern",
            ),
            models.CheckConstraint(
                condition=Q(target_rate__isnull=True) | Q(target_rate__gte=0, target_rate__lte=1),
                name="project_target_rate",
            ),
            models.CheckConstraint(
                condition=Q(state=ProjectState.CLOSED, closed_at__isnull=False)
                | (~Q(state=ProjectState.CLOSED) & Q(closed_at__isnull=True)),
                name="project_closed_at_iff_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pattern(self) -> Pattern:
        """What makes its cases alike."""
        return Pattern(self.payer_id, self.code, self.remark, self.service, self.facility_id)


class ProjectCase(models.Model):
    """A case of a project. `is_held` until the project closes; only one project holds a case."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="memberships")
    is_held = models.BooleanField(default=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "case"], name="projectcase_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(is_held=True), name="projectcase_one_open_project"
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} of project {self.project_id}"


class Prevention(TimestampedModel):
    """What is changed so that a project's denials stop: by whom, and from which day on."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="prevention")
    change = models.TextField(help_text="What is done differently.")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(change=""), name="prevention_change"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=models.F("effective_on")),
                name="prevention_period",
            ),
        ]

    def __str__(self) -> str:
        return self.change
