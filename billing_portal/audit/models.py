"""What was done, in chains: each event carries the hash of the one before it.

The database's insert trigger numbers, stamps and hashes; the application can only insert and read.
A head row per chain, written by the trigger alone, shows a tail that was cut off.
See `docs/decisions/0004-one-hash-chain-per-subject.md`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    ClockTimestamp,
    Xid8Field,
    current_xact_id,
)

CHAIN = r"^(case|config|user|source):[^\s]+$"
NOTHING = Value(b"", output_field=models.BinaryField())


class AuditEvent(AppendOnlyModel):
    """One thing done, by whom and why. `body` is a JSON object as text, free of patient data.

    Chains are `case:<id>`, `config:<model>`, `user:<id>`, `source:<name>`. `seq`, `at`, `txid`,
    `previous_hash` and `hash` are the trigger's, whatever is sent.
    """

    chain = models.TextField()
    seq = models.BigIntegerField(db_default=0, editable=False)
    at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
    txid = Xid8Field(db_default=current_xact_id(), editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.TextField()
    subject = models.TextField()
    reason = models.TextField()
    correlation_id = models.TextField(db_default="")
    body = models.TextField(db_default="{}")
    previous_hash = models.BinaryField(db_default=NOTHING)
    hash = models.BinaryField(db_default=NOTHING)

    class Meta:
        db_table = "audit_event"
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="auditevent_once"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(verb=""), name="auditevent_said"),
            models.CheckConstraint(condition=Q(chain__regex=CHAIN), name="auditevent_chain"),
        ]
        indexes = [
            models.Index(fields=["actor", "-id"], name="auditevent_of_actor"),
            models.Index(fields=["verb", "-id"], name="auditevent_of_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.seq} {self.verb}"


class ChainHead(models.Model):
    """The newest number and hash of a chain; the insert trigger alone writes it."""

    chain = models.TextField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_chain_head"

    def __str__(self) -> str:
        return f"{self.chain}: {self.seq}"
