"""The appeal of one level, what proves it, and when to ask the payer again."""

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
from cases.evidence.models import Attachment
from cases.types.denial.appeals.lifecycle import ATTESTED, IN_FLIGHT, OPEN, AppealStatus, Outcome
from cases.types.denial.appeals.querysets import AppealQuerySet
from cases.work.models import Case

HIGHEST_LEVEL = 5


class Ground(models.TextChoices):
    """On what an appeal rests."""

    AUTHORIZATION = "authorization", "Authorization was given, or none was needed"
    MEDICAL_NECESSITY = "medical_necessity", "The care was medically necessary"
    TIMELY_FILING = "timely_filing", "The claim was filed in time"
    CODING = "coding", "The coding is right as billed"
    DOCUMENTATION = "documentation", "The documents show what was done"
    ELIGIBILITY = "eligibility", "The patient was covered"
    CONTRACT = "contract", "The contract pays it"
    PAYER_ERROR = "payer_error", "The payer processed it wrongly"


class ExhibitKind(models.TextChoices):
    """What a document proves."""

    DENIAL_NOTICE = "denial_notice", "Denial notice or remittance"
    AUTHORIZATION = "authorization", "Authorization or notification"
    MEDICAL_RECORD = "medical_record", "Medical record"
    FILING_PROOF = "filing_proof", "Acknowledgement: proof of timely filing"
    CODING_SUPPORT = "coding_support", "Coding documentation"
    COVERAGE = "coverage", "Proof of coverage"
    CONTRACT = "contract", "Contract term"
    OTHER = "other", "Other"


class Appeal(TimestampedModel):
    """One level of appeal against one denial.

    `decision` names the payer's decision that is contested. `amount_disputed` is in `currency`, at
    most what was denied; `amount_overturned` is what of it the payer gave. `due_on` is the last
    legal day, None: not known; `due_source` says where it comes from. It ends with a letter or a
    later remittance, unless we withdrew it. `version` rises with every change.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appeals")
    level = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="following"
    )
    status = models.TextField(choices=AppealStatus.choices, default=AppealStatus.DRAFT)
    outcome = models.TextField(choices=Outcome.choices, null=True, blank=True)
    decision = models.TextField(help_text="Which decision of the payer is contested.")
    ground = models.TextField(choices=Ground.choices)
    argument = models.TextField(
        default="", blank=True, help_text="Why the payer should pay, in our words."
    )
    amount_denied = money_field()
    amount_disputed = money_field()
    amount_overturned = money_field(null=True, blank=True)
    currency = currency_field()
    due_on = models.DateField(null=True, blank=True)
    due_source = models.TextField(default="", blank=True)
    internal_due_on = models.DateField(null=True, blank=True)
    attestation = models.ForeignKey(
        "cases.Attestation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    packet = models.ForeignKey(
        "cases.Packet", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_on = models.DateField(null=True, blank=True)
    payer_reference = models.TextField(default="", blank=True)
    decided_on = models.DateField(null=True, blank=True)
    outcome_evidence = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome_trace = models.TextField(
        default="", blank=True, help_text="The later remittance that shows the outcome."
    )
    told_of = models.TextField(
        default="", blank=True, help_text="The later decision that people were told of."
    )
    version = models.PositiveIntegerField(default=1)

    objects = AppealQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("status", AppealStatus), name="appeal_status"
            ),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True) | is_choice("outcome", Outcome),
                name="appeal_outcome",
            ),
            models.CheckConstraint(condition=is_choice("ground", Ground), name="appeal_ground"),
            models.CheckConstraint(condition=is_currency("currency"), name="appeal_currency"),
            models.CheckConstraint(
                condition=Q(amount_disputed__gt=0, amount_disputed__lte=F("amount_denied")),
                name="appeal_amount_disputed",
            ),
            models.CheckConstraint(
                condition=Q(level=1, previous__isnull=True)
                | Q(level__gt=1, level__lte=HIGHEST_LEVEL, previous__isnull=False),
                name="appeal_level_follows",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | ~Q(due_source=""), name="appeal_due_has_source"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(ATTESTED))
                | Q(attestation__isnull=False, packet__isnull=False),
                name="appeal_ready_is_attested",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(IN_FLIGHT)) | Q(submitted_on__isnull=False),
                name="appeal_in_flight_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=AppealStatus.DECIDED, outcome__isnull=False, decided_on__isnull=False
                )
                | (
                    ~Q(status=AppealStatus.DECIDED)
                    & Q(outcome__isnull=True, decided_on__isnull=True)
                ),
                name="appeal_outcome_iff_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status=AppealStatus.DECIDED)
                | Q(outcome=Outcome.WITHDRAWN)
                | Q(outcome_evidence__isnull=False)
                | ~Q(outcome_trace=""),
                name="appeal_outcome_has_evidence",
            ),
            models.UniqueConstraint(
                fields=["case", "level"],
                condition=Q(status__in=sorted(OPEN)),
                name="appeal_one_open_per_level",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="appeal_of_case"),
            models.Index(
                fields=["case"],
                condition=Q(status__in=sorted(IN_FLIGHT)),
                name="appeal_in_flight",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal level {self.level}"


class Exhibit(TimestampedModel):
    """One attached file as evidence of an appeal, in its order."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="exhibits")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(choices=ExhibitKind.choices)
    dated_on = models.DateField(
        null=True, blank=True, help_text="An acknowledgement's own date; proof of filing needs it."
    )

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", ExhibitKind), name="exhibit_kind"),
            models.CheckConstraint(
                condition=~Q(kind=ExhibitKind.FILING_PROOF) | Q(dated_on__isnull=False),
                name="exhibit_filing_proof_is_dated",
            ),
            models.UniqueConstraint(fields=["appeal", "attachment"], name="exhibit_once"),
        ]

    def __str__(self) -> str:
        return f"exhibit {self.pk}"


class FollowUp(TimestampedModel):
    """When to ask the payer again about an appeal, or about another way (`recourse`).

    `told_at`: the case came back to attention; `done_at`: somebody asked, or the answer came.
    """

    appeal = models.ForeignKey(
        Appeal, on_delete=models.PROTECT, null=True, related_name="follow_ups"
    )
    recourse = models.ForeignKey(
        "cases.Recourse", on_delete=models.PROTECT, null=True, related_name="follow_ups"
    )
    days = models.PositiveSmallIntegerField(help_text="After it was sent.")
    due_on = models.DateField()
    told_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(appeal__isnull=False, recourse__isnull=True)
                | Q(appeal__isnull=True, recourse__isnull=False),
                name="followup_of_one",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="followup_done_paired",
            ),
            models.UniqueConstraint(fields=["appeal", "days"], name="followup_once"),
            models.UniqueConstraint(fields=["recourse", "days"], name="followup_of_recourse_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(told_at__isnull=True, done_at__isnull=True),
                name="followup_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"follow-up after {self.days} days"
