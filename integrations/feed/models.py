"""The feed: one row per changed record, never changed again, read below the transaction horizon."""

from django.db import models
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    Xid8Field,
    current_xact_id,
    is_choice,
)


class Record(models.TextChoices):
    """The kinds of canonical record that consumers follow."""

    REMITTANCE = "remittance", "Remittance"
    REMITTED_CLAIM = "remitted_claim", "Remitted claim"
    CLAIM = "claim", "Claim"
    OUTBOX = "outbox", "Outbox message"
    ACCOUNT = "account", "Patient account"
    PROVIDER_ADJUSTMENT = "provider_adjustment", "Provider adjustment"
    VENDOR_INVOICE = "vendor_invoice", "Vendor invoice"
    PURCHASE_ORDER = "purchase_order", "Purchase order"
    GOODS_RECEIPT = "goods_receipt", "Goods receipt"
    DEPOSIT_LIST = "deposit_list", "Deposit list"


class Change(AppendOnlyModel):
    """One canonical record was added or changed."""

    txid = Xid8Field(db_default=current_xact_id(), editable=False)
    record = models.TextField(choices=Record.choices)
    record_id = models.BigIntegerField()
    claim_id = models.BigIntegerField(null=True)
    correlation_id = models.TextField(default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("record", Record), name="change_record")
        ]
        indexes = [models.Index(fields=["txid", "id"], name="change_by_horizon")]

    def __str__(self) -> str:
        return f"{self.record} {self.record_id}"


class Cursor(models.Model):
    """How far one consumer has read: the pair (txid, id) of its last change."""

    consumer = models.TextField(primary_key=True)
    txid = Xid8Field(default=0)
    change_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.consumer
