"""What was reported of claims before they were decided."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice, money_field
from integrations.canonical.models.sources import Source
from integrations.canonical.querysets import AcknowledgementQuerySet


class AcknowledgementStanding(models.TextChoices):
    """What a report says of a claim. Received or forwarded is not yet accepted."""

    ACCEPTED = "accepted", "Accepted"
    RECEIVED = "received", "Received, not yet accepted"
    REJECTED = "rejected", "Rejected"


class Acknowledgement(AppendOnlyModel):
    """One statement of a payer or clearinghouse about one claim (277CA), as received.

    Often it comes long before the decision that makes the claim known here, so it names the claim
    as it was sent, and is matched when it is asked for (`AcknowledgementQuerySet.about`).
    `received_on` is the day on which the batch came in there, `status_on` the day of the status;
    `category` and `status` lead, `statuses` are all. `message_sha256` and `position` say where it
    stands in what was received.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    digest = models.TextField()
    patient_control_number = models.TextField()
    payer_control_number = models.TextField(default="")
    payer_identifier = models.TextField()
    payer_name = models.TextField(default="")
    payee_identifier = models.TextField(default="")
    batch_number = models.TextField(default="")
    report_number = models.TextField(default="")
    standing = models.TextField(choices=AcknowledgementStanding.choices)
    category = models.TextField()
    status = models.TextField(default="")
    statuses = models.TextField()
    message = models.TextField(default="")
    charge = money_field(null=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    received_on = models.DateField()
    status_on = models.DateField()
    position = models.PositiveIntegerField()
    message_sha256 = models.TextField()
    correlation_id = models.TextField()
    received_at = models.DateTimeField(db_default=Now())

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "digest"], name="acknowledgement_once"),
            models.CheckConstraint(
                condition=is_choice("standing", AcknowledgementStanding),
                name="acknowledgement_standing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient_control_number", "received_on"], name="acknowledgement_of_claim"
            )
        ]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk}"
