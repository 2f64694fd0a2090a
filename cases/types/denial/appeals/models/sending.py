"""What went out to the payer, and how: never changed afterwards."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from cases.evidence.models import Attachment
from cases.types.denial.appeals.models.appeal import Appeal


class Method(models.TextChoices):
    """How something was sent."""

    PORTAL = "portal", "Payer’s portal"
    FAX = "fax", "Fax"
    MAIL = "mail", "Mail"
    X12 = "x12", "X12 transaction"


class Packet(AppendOnlyModel):
    """Letter, remittance, claim and evidence in one file, with a manifest of what is in it.

    `manifest` lists each part with its pages and SHA-256, and what is only listed.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="packets")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    sha256 = models.TextField()
    pages = models.PositiveIntegerField()
    manifest = models.JSONField()
    built_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="packet_sha256"
            )
        ]

    def __str__(self) -> str:
        return f"packet {self.pk}"


class Submission(AppendOnlyModel):
    """That a packet was sent: how, when, under which confirmation, and who says so."""

    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="submission")
    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="+")
    packet_sha256 = models.TextField()
    method = models.TextField(choices=Method.choices)
    sent_on = models.DateField()
    confirmation = models.TextField(
        default="", blank=True, help_text="The payer's number, a fax report, a tracking number."
    )
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("method", Method), name="submission_method")
        ]

    def __str__(self) -> str:
        return f"submission {self.pk}"
