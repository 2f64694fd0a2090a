"""What was done, in chains: each event carries the hash of the one before it.

The database's insert trigger numbers, stamps and hashes; the application can only insert and read.
A head row per chain, written by the trigger alone, shows a tail that was cut off.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import AppendOnlyModel, Xid8Field, current_xact_id


class AuditEvent(AppendOnlyModel):
    """One thing done, by whom and why. `body` is canonical JSON as text, free of patient data.

    `seq`, `at`, `txid`, `previous_hash` and `hash` are the trigger's, whatever is sent.
    """

    chain = models.TextField()
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())
    txid = Xid8Field(db_default=current_xact_id(), editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.TextField()
    subject = models.TextField()
    reason = models.TextField()
    correlation_id = models.TextField(default="")
    body = models.TextField(default="{}")
    previous_hash = models.BinaryField(default=b"")
    hash = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="auditevent_once"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(verb=""), name="auditevent_said"),
        ]
        indexes = [models.Index(fields=["actor", "-id"], name="auditevent_of_actor")]

    def __str__(self) -> str:
        return f"{self.chain}/{self.seq} {self.verb}"


class ChainHead(models.Model):
    """The newest number and hash of a chain; the insert trigger alone writes it."""

    chain = models.TextField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.chain}: {self.seq}"
