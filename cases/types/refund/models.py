"""What research found, how money goes back, the signed federal acts, and the rules as rows."""

import uuid

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.dated import is_period
from billing_portal.kernel.models.history import History
from cases.types.refund.vocabulary import CheckStatus, FederalActKind, Outcome, Way
from cases.work.models import Case
from integrations.canonical.models import Payer, PayerClass


class Research(AppendOnlyModel):
    """What somebody found on a credit; the newest one of a case holds.

    `decision` names the facts it was found on (`RefundDetails.decision`): when they change, it is
    to be found anew. `amount` is what is to go back, in the case's currency.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="research")
    decision = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, null=True, related_name="+")
    amount = money_field()
    reason = models.TextField()
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("outcome", Outcome), name="research_outcome"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="research_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="research_reason"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OF_PAYER, payer__isnull=False)
                | (~Q(outcome=Outcome.OF_PAYER) & Q(payer__isnull=True)),
                name="research_payer_iff_of_payer",
            ),
        ]
        verbose_name_plural = "research"

    def __str__(self) -> str:
        return f"research {self.pk}"


class Return(AppendOnlyModel):
    """The way chosen for money to go back; the newest one of a case holds.

    `request_reference` is the approval's, for ways that send money out.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="returns")
    research = models.ForeignKey(Research, on_delete=models.PROTECT, related_name="returns")
    way = models.TextField(choices=Way.choices)
    amount = money_field()
    request_reference = models.TextField(default="")
    reason = models.TextField()
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("way", Way), name="return_way"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="return_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="return_reason"),
            models.CheckConstraint(
                condition=Q(way__in=["patient_refund", "voluntary_refund"])
                ^ Q(request_reference=""),
                name="return_money_out_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"return {self.pk}"


class FederalAct(AppendOnlyModel):
    """One signed act on a federal overpayment: once of its kind per case, with its reason."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="federal_acts")
    kind = models.TextField(choices=FederalActKind.choices)
    on = models.DateField()
    reason = models.TextField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="federalact_once"),
            models.CheckConstraint(
                condition=is_choice("kind", FederalActKind), name="federalact_kind"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="federalact_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class FederalRule(TimestampedModel):
    """How long the law leaves to return an identified overpayment of one class of payers."""

    payer_class = models.TextField(choices=PayerClass.choices)
    days = models.PositiveSmallIntegerField()
    suspension_days = models.PositiveSmallIntegerField()
    look_back_years = models.PositiveSmallIntegerField()
    citation = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer_class", "valid_from"], name="federalrule_once"),
            models.CheckConstraint(
                condition=is_choice("payer_class", PayerClass), name="federalrule_payer_class"
            ),
            models.CheckConstraint(condition=~Q(citation=""), name="federalrule_citation"),
            is_period("federalrule_period"),
        ]

    def __str__(self) -> str:
        return f"{self.payer_class} from {self.valid_from}"


class StateRule(TimestampedModel):
    """What one state asks: by when patients get their money, and when unclaimed money is its own.

    `notice_from` is the amount (USD) from which the owner is written to, `notice_days` how long
    before the report.
    """

    state = models.TextField()
    patient_refund_days = models.PositiveSmallIntegerField()
    dormancy_years = models.PositiveSmallIntegerField()
    notice_from = money_field()
    notice_days = models.PositiveSmallIntegerField()
    citation = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state", "valid_from"], name="staterule_once"),
            models.CheckConstraint(condition=Q(state__regex="^[A-Z]{2}$"), name="staterule_state"),
            models.CheckConstraint(condition=Q(notice_from__gte=0), name="staterule_notice_from"),
            models.CheckConstraint(condition=~Q(citation=""), name="staterule_citation"),
            is_period("staterule_period"),
        ]

    def __str__(self) -> str:
        return f"{self.state} from {self.valid_from}"


class RefundCheck(TimestampedModel):
    """A check that was sent for a refund, until it is cashed or the state has the money.

    `refund` is what it pays: one check for each (none where it was not kept).
    `owner_state` is that of the owner's last known address when it was issued.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="refund_checks")
    refund = models.OneToOneField(
        Return, on_delete=models.PROTECT, null=True, related_name="check_sent"
    )
    number = models.TextField()
    amount = money_field()
    currency = currency_field()
    owner_state = models.TextField(default="")
    status = models.TextField(choices=CheckStatus.choices, default=CheckStatus.ISSUED)
    issued_on = models.DateField()
    contacted_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="refundcheck_once"),
            models.CheckConstraint(
                condition=is_choice("status", CheckStatus), name="refundcheck_status"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refundcheck_amount"),
            models.CheckConstraint(condition=is_currency("currency"), name="refundcheck_currency"),
            models.CheckConstraint(
                condition=~Q(status="contacted") | Q(contacted_on__isnull=False),
                name="refundcheck_contacted_on",
            ),
        ]
        indexes = [
            models.Index(
                fields=["issued_on", "id"],
                condition=Q(status__in=["issued", "outstanding", "stale", "contacted"]),
                name="refundcheck_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"check {self.number}"
