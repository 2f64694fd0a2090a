"""Messages as received, and what became of each part of them.

The bytes are stored before anything reads them and never change. A message's status moves forward
under a lease; the effect of a part and the row that says so are one transaction.
"""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from integrations.canonical.models import Remittance, Source


class MessageStatus(models.TextChoices):
    """How far a message has come."""

    RECEIVED = "received", "Received"
    APPLIED = "applied", "Applied"
    PARTLY = "partly_applied", "Applied in part"
    REFUSED = "refused", "Nothing readable"
    INCIDENT = "incident", "Incident"
    DEAD = "dead", "Given up"


WAITING = [MessageStatus.RECEIVED]


class Message(models.Model):
    """One message from one source, as received.

    `totals` is its `integrations.ports.totals` object as JSON once applied.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="messages")
    message_id = models.TextField(help_text="The sender's id, or the digest for files.")
    sha256 = models.TextField()
    size = models.BigIntegerField(help_text="Bytes.")
    filename = models.TextField(default="")
    correlation_id = models.TextField()
    received_at = models.DateTimeField(db_default=Now())
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    status = models.TextField(choices=MessageStatus.choices, default=MessageStatus.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    totals = models.JSONField(default=dict)

    class Meta:
        permissions = [
            ("send_message", "Can hand in messages"),
            ("download_message", "Can download messages as received"),
            ("replay_message", "Can replay messages"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "message_id"], name="message_once"),
            models.CheckConstraint(
                condition=is_choice("status", MessageStatus), name="message_status"
            ),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, lease_until__isnull=True)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="message_lease_paired",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status="received"), name="message_waiting"),
            models.Index(fields=["source", "-id"], name="message_newest"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class MessageChunk(AppendOnlyModel):
    """A megabyte of a message's bytes, in order."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="chunks")
    ordinal = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "ordinal"], name="messagechunk_once")
        ]

    def __str__(self) -> str:
        return f"chunk {self.ordinal}"


class PartStatus(models.TextChoices):
    """What became of one transaction of a message."""

    APPLIED = "applied", "Applied"
    DUPLICATE = "duplicate", "Already held"
    INCIDENT = "incident", "Same key, other content"
    REFUSED = "refused", "Cannot be kept"


class MessagePart(models.Model):
    """One transaction (ST to SE) of a message and its outcome, written with its effect."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="parts")
    ordinal = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    status = models.TextField(choices=PartStatus.choices)
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, null=True, related_name="parts"
    )
    totals = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "ordinal"], name="messagepart_once"),
            models.CheckConstraint(
                condition=is_choice("status", PartStatus), name="messagepart_status"
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.ordinal}"


class Quarantined(models.Model):
    """A piece of a message that waits for a person: where it stands, and why.

    `claim` is the patient control number or empty.
    """

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="quarantined")
    part_ordinal = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(
        help_text="Segment of the message, from 1; 0: the whole message."
    )
    byte_offset = models.BigIntegerField(default=0)
    claim = models.TextField(default="")
    reason_code = models.TextField()
    reason = models.TextField()
    quarantined_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "position", "reason_code"], name="quarantined_once"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolution="")
                | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
                name="quarantined_resolution_paired",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(resolved_at__isnull=True), name="quarantined_open"
            )
        ]

    def __str__(self) -> str:
        return f"quarantined {self.pk}"
