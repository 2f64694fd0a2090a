"""A denial's other ways: corrected claim, secondary payer, patient, write-off request."""

import uuid

from django.db import models
from django.db.models import F, Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.history import History
from cases.approvals.models import ApprovalRequest
from cases.work.models import Case
from integrations.canonical.models import Payer


class Way(models.TextChoices):
    """Where a denial goes when it is not appealed."""

    CORRECTED_CLAIM = "corrected_claim", "Corrected claim (frequency 7)"
    SECONDARY = "secondary", "Bill the secondary payer"
    PATIENT = "patient", "Patient responsibility"
    WRITE_OFF = "write_off", "Write-off request"


class RecourseStatus(models.TextChoices):
    """Where it stands. Of a write-off that was asked for, its approval says how it stands."""

    PENDING = "pending", "Pending"
    SENT = "sent", "Sent"
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Proof(models.TextChoices):
    """Why nothing better than a write-off is left."""

    LEVELS_USED = "levels_used", "Every level of appeal is used up"
    UNECONOMIC = "uneconomic", "Working it costs more than it can bring"
    NO_RIGHT = "no_right", "No right to appeal, and no correction possible"


class Recourse(TimestampedModel):
    """One way taken with one denial. `amount` is in `currency`.

    A corrected claim names what was corrected, under which number of the payer, and when an answer
    is expected; a secondary bill its payer; a patient's share that other cover was looked for and
    when notice was given; a write-off request its proof, where the loss was preventable and the
    approval that it was handed to, which alone says what became of it. Uneconomic is what costs
    more to work than it can be expected to bring.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recourses")
    way = models.TextField(choices=Way.choices)
    status = models.TextField(choices=RecourseStatus.choices)
    amount = money_field()
    currency = currency_field()
    reason = models.TextField(help_text="What was corrected, or why this way.")
    payer_control_number = models.TextField(default="", blank=True)
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    is_cover_checked = models.BooleanField(default=False)
    proof = models.TextField(choices=Proof.choices, null=True, blank=True)
    preventable_stage = models.TextField(default="", blank=True)
    expected_recovery = money_field(null=True, blank=True)
    cost_to_work = money_field(null=True, blank=True)
    approval = models.ForeignKey(
        ApprovalRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("way", Way), name="recourse_way"),
            models.CheckConstraint(
                condition=is_choice("status", RecourseStatus), name="recourse_status"
            ),
            models.CheckConstraint(
                condition=Q(proof__isnull=True) | is_choice("proof", Proof), name="recourse_proof"
            ),
            models.CheckConstraint(condition=is_currency("currency"), name="recourse_currency"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="recourse_amount"),
            models.CheckConstraint(
                condition=~Q(way=Way.CORRECTED_CLAIM)
                | (
                    Q(sent_on__isnull=False, expected_on__isnull=False)
                    & ~Q(payer_control_number="")
                ),
                name="recourse_corrected_claim",
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.SECONDARY) | Q(payer__isnull=False, sent_on__isnull=False),
                name="recourse_secondary",
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.PATIENT) | Q(is_cover_checked=True, sent_on__isnull=False),
                name="recourse_patient",
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.WRITE_OFF)
                | (
                    Q(proof__isnull=False)
                    & ~Q(preventable_stage="")
                    & (
                        Q(status__in=["pending", "withdrawn"])
                        | Q(status="done", approval__isnull=False)
                    )
                ),
                name="recourse_write_off_is_a_request",
            ),
            models.CheckConstraint(
                condition=~Q(proof=Proof.UNECONOMIC)
                | Q(status__in=["pending", "withdrawn"])
                | Q(
                    expected_recovery__isnull=False,
                    cost_to_work__isnull=False,
                    expected_recovery__gte=0,
                    expected_recovery__lt=F("cost_to_work"),
                ),
                name="recourse_uneconomic",
            ),
            models.UniqueConstraint(
                fields=["case", "way"],
                condition=Q(status__in=["pending", "sent"]),
                name="recourse_one_open_per_way",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="recourse_of_case")]

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"
