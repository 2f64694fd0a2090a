"""Requests for approval, and what people had to do with them."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    ClockTimestamp,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.history import History
from cases.approvals.models.policies import PolicyVersion
from cases.approvals.vocabulary import LIVE, MONEYLESS, VERDICTS, Act, Matter, RequestState, Told
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.visibility import scope_of

DECIDED = sorted(set(RequestState) - LIVE)
IS_VERDICT = Q(act__in=sorted(VERDICTS))


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    """Reads as sentences: `ApprovalRequest.objects.visible_to(user).pending()`."""

    def visible_to(self, user: User) -> Self:
        """Whose case this person may see; nobody sees any other, superusers included."""
        scope = scope_of(user)
        return self.filter(
            case__queue=any_id(scope.queues), case__facility=any_id(scope.facilities)
        )

    def pending(self) -> Self:
        """That wait for a decision."""
        return self.filter(state=RequestState.PENDING)

    def standing(self) -> Self:
        """That a change of the case would void: live, or granted and not yet confirmed."""
        return self.filter(
            Q(state__in=sorted(LIVE)) | Q(state=RequestState.APPROVED, settled_at=None)
        )

    def to_tell(self, *, at: datetime) -> Self:
        """Of which somebody is to be told by now."""
        return self.filter(state=RequestState.PENDING, tell_at__lte=at).order_by("tell_at", "pk")

    def for_list(self) -> Self:
        """With all that one row of a list shows."""
        return self.select_related(
            "case__queue", "case__facility", "case__payer", "policy_version", "requested_by"
        )


class ApprovalRequest(TimestampedModel):
    """What somebody asks to be done with a case, and how far the chain of its policy has come.

    `amount` is in `currency`; `tier_amount` is what the policy was chosen by: with the amounts of
    the requests `linked` with it, if any. `sealed` is the text of all that is asked for, `digest`
    its SHA-256, which the database checks. `step` counts the policy's steps from 0; `seats` are who
    may decide now; `cycle` rises when it is asked again. `tell_at` is when somebody is to be told
    next, `due_at` by when this step should be decided. `verdict` is what was said last;
    `settled_at` is when the other side had done what was granted.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reference = models.TextField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="approval_requests")
    matter = models.TextField(choices=Matter.choices)
    amount = money_field()
    currency = currency_field()
    tier_amount = money_field()
    links = ArrayField(models.TextField(), default=list)
    linked = ArrayField(models.TextField(), default=list)
    sealed = models.TextField()
    digest = models.TextField()
    policy_version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="requests"
    )
    reason = models.TextField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    state = models.TextField(choices=RequestState.choices, default=RequestState.PENDING)
    cycle = models.PositiveIntegerField(default=1)
    step = models.PositiveSmallIntegerField(default=0)
    seats = ArrayField(models.TextField(), default=list)
    step_since = models.DateTimeField()
    is_escalated = models.BooleanField(default=False)
    told = models.TextField(choices=Told.choices, default=Told.NOBODY)
    tell_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    forwarded_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ApprovalRequestQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("matter", Matter), name="approvalrequest_matter"
            ),
            models.CheckConstraint(
                condition=is_choice("state", RequestState), name="approvalrequest_state"
            ),
            models.CheckConstraint(condition=is_choice("told", Told), name="approvalrequest_told"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, matter__in=sorted(MONEYLESS)),
                name="approvalrequest_amount",
            ),
            models.CheckConstraint(
                condition=Q(tier_amount__gte=F("amount")), name="approvalrequest_tier_amount"
            ),
            models.CheckConstraint(
                condition=is_currency("currency"), name="approvalrequest_currency"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="approvalrequest_reason"),
            models.CheckConstraint(condition=Q(cycle__gte=1), name="approvalrequest_cycle"),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False)
                | (~Q(state__in=DECIDED) & Q(decided_at__isnull=True)),
                name="approvalrequest_decided_at_iff_decided",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(state=RequestState.APPROVED),
                name="approvalrequest_settled_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.PENDING)
                | Q(tell_at__isnull=True, due_at__isnull=True),
                name="approvalrequest_clock_iff_pending",
            ),
            models.UniqueConstraint(
                fields=["case", "matter"],
                condition=Q(state__in=["pending", "returned"]),
                name="approvalrequest_one_live",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tell_at", "id"], condition=Q(state="pending"), name="approvalrequest_tell"
            ),
            models.Index(
                fields=["requested_at", "id"],
                condition=Q(state="pending"),
                name="approvalrequest_pending",
            ),
            models.Index(
                fields=["requested_by", "requested_at"], name="approvalrequest_of_requester"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_linked(self) -> bool:
        """Whether others count with it: the sum chose its policy."""
        return bool(self.linked)


class ApprovalAct(AppendOnlyModel):
    """What one person had to do with a request: made what it asks for, or decided on it.

    The database fills in `human` (two accounts of one employee are one human), that of whom the
    person decided for, and the `seats` they could take; it refuses a decision by a human who made
    it, by one who stands in for such, and a second one by the same human.
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="acts")
    cycle = models.PositiveIntegerField()
    step = models.PositiveSmallIntegerField(null=True)
    act = models.TextField(choices=Act.choices)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    human = models.TextField(default="", editable=False)
    for_person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    for_human = models.TextField(default="", editable=False)
    seats = ArrayField(models.TextField(), default=list, editable=False)
    digest = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("act", Act), name="approvalact_act"),
            models.CheckConstraint(
                condition=(IS_VERDICT & Q(step__isnull=False))
                | (~IS_VERDICT & Q(step__isnull=True, for_person__isnull=True)),
                name="approvalact_step_iff_verdict",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="approvalact_reason"),
            models.UniqueConstraint(
                fields=["request", "cycle", "human"],
                condition=Q(act__in=["approve", "reject", "return"]),
                name="approvalact_human_once",
            ),
            models.UniqueConstraint(
                fields=["request", "cycle", "for_human"],
                condition=Q(act__in=["approve", "reject", "return"], for_person__isnull=False),
                name="approvalact_for_human_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.person_id}"
