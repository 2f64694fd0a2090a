"""The case: one billing exception, and what hangs on it."""

import uuid

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.history import History
from cases.work.lifecycle import FINISHED, OPEN, OWNED, CaseStatus, Disposition
from cases.work.models.queue import Queue
from cases.work.querysets import CaseQuerySet
from integrations.canonical.models import (
    Claim,
    Facility,
    PatientAccount,
    Payer,
    Remittance,
    VendorInvoice,
)

IS_OPEN = Q(status__in=sorted(OPEN))
LISTED = ["facility", "payer", "owner", "status", "code"]
"""What a worklist is narrowed by: an index that holds them narrows without reading the rows."""


class Case(TimestampedModel):
    """One billing exception, of a claim, remittance, patient's account or vendor's invoice.

    Line-level facts are in `details`, its type's frozen dataclass. `key` says what it is about and
    is unique, so the same exception is never opened twice. `amount_at_risk` is in `currency`, never
    negative. `version` rises with every move: a writer names the one it saw. `deadline_on` is the
    last day that law or contract leaves for what is to be done, `deadline_at` the moment by which
    we want it done; both empty where no rule is configured.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reference = models.TextField(unique=True)
    case_type = models.TextField()
    key = models.TextField(unique=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="cases")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="cases")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, null=True, related_name="cases")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="cases")
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    account = models.ForeignKey(
        PatientAccount, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    vendor_invoice = models.ForeignKey(
        VendorInvoice, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    title = models.TextField()
    code = models.TextField(default="", help_text="The leading reason, e.g. CO-197.")
    category = models.TextField(default="")
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    status = models.TextField(choices=CaseStatus.choices, default=CaseStatus.NEW)
    disposition = models.TextField(choices=Disposition.choices, null=True, blank=True)
    amount_at_risk = money_field()
    currency = currency_field()
    cycle = models.PositiveIntegerField(
        default=1, help_text="Rises when the same claim is denied again."
    )
    opened_at = models.DateTimeField()
    first_touch_due_at = models.DateTimeField()
    resolve_due_at = models.DateTimeField()
    deadline_on = models.DateField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    first_touched_at = models.DateTimeField(null=True, blank=True)
    deferred_until = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    details = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()
    history = History()

    class Meta:
        permissions = [
            ("reveal_patient", "Can reveal patient names"),
            ("export_case", "Can export cases"),
        ]
        constraints = [
            models.CheckConstraint(condition=is_choice("status", CaseStatus), name="case_status"),
            models.CheckConstraint(
                condition=Q(disposition__isnull=True) | is_choice("disposition", Disposition),
                name="case_disposition",
            ),
            models.CheckConstraint(condition=is_currency("currency"), name="case_currency"),
            models.CheckConstraint(condition=Q(amount_at_risk__gte=0), name="case_amount_at_risk"),
            models.CheckConstraint(
                condition=Q(
                    status__in=sorted(FINISHED),
                    disposition__isnull=False,
                    resolved_at__isnull=False,
                )
                | (
                    ~Q(status__in=sorted(FINISHED))
                    & Q(disposition__isnull=True, resolved_at__isnull=True)
                ),
                name="case_disposition_iff_finished",
            ),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=CaseStatus.CLOSED) & Q(closed_at__isnull=True)),
                name="case_closed_at_iff_closed",
            ),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.DEFERRED, deferred_until__isnull=False)
                | (~Q(status=CaseStatus.DEFERRED) & Q(deferred_until__isnull=True)),
                name="case_deferred_until_iff_deferred",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(OWNED)) | Q(owner__isnull=False),
                name="case_owned_has_owner",
            ),
            models.CheckConstraint(
                condition=~Q(case_type="refund", disposition=Disposition.WRITTEN_OFF),
                name="case_credit_never_written_off",
            ),
            models.CheckConstraint(
                condition=Q(deadline_on__isnull=True, deadline_at__isnull=True)
                | Q(deadline_on__isnull=False, deadline_at__isnull=False),
                name="case_deadline_paired",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "resolve_due_at", "id"],
                include=[*LISTED, "amount_at_risk"],
                condition=IS_OPEN,
                name="case_open_by_due",
            ),
            models.Index(
                fields=["queue", "resolve_due_at", "-amount_at_risk", "id"],
                condition=Q(status__in=["new", "triaged", "reopened"], owner__isnull=True),
                name="case_claimable",
            ),
            models.Index(
                fields=["queue", "-amount_at_risk", "id"],
                include=LISTED,
                condition=IS_OPEN,
                name="case_open_by_amount",
            ),
            models.Index(
                fields=["queue", "opened_at", "id"],
                include=[*LISTED, "amount_at_risk"],
                condition=IS_OPEN,
                name="case_open_by_age",
            ),
            models.Index(
                fields=["queue", "first_touch_due_at", "id"],
                include=[*LISTED, "resolve_due_at"],
                condition=IS_OPEN & Q(first_touched_at__isnull=True),
                name="case_untouched",
            ),
            models.Index(
                fields=["owner", "resolve_due_at", "id"],
                include=["queue", "facility", "payer", "status", "code"],
                condition=IS_OPEN,
                name="case_mine_by_due",
            ),
            models.Index(
                fields=["deferred_until"], condition=Q(status="deferred"), name="case_ticklers"
            ),
            models.Index(fields=["amount_at_risk"], name="case_amount"),
            models.Index(fields=["code", "-opened_at"], name="case_code"),
            models.Index(
                fields=["resolved_at"],
                condition=Q(resolved_at__isnull=False),
                name="case_resolved",
            ),
            models.Index(
                fields=["deadline_on", "id"],
                condition=IS_OPEN & Q(deadline_on__isnull=False),
                name="case_open_by_deadline",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Lease(models.Model):
    """Who is working a case right now, until when.

    Beside the case, so that holding it is not a change of it.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="lease"
    )
    holder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leases")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"lease of {self.case_id}"
