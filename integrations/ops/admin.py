"""Set-up and support pages for integrations: sources, crosswalks, records to read."""

from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import admin

from billing_portal.access.reasoned_admin import ReasonedForm, ReasonedModelAdmin
from billing_portal.access.record_admin import RecordAdmin, ScopedRecordAdmin
from billing_portal.access.roles import SEE_OUTBOX
from billing_portal.accounts.models import validate_time_zone
from integrations.canonical.models import (
    Claim,
    Facility,
    FacilityIdentifier,
    Payer,
    PayerIdentifier,
    Remittance,
    Source,
    Vendor,
    VendorIdentifier,
)
from integrations.inbox.models import Message, Quarantined
from integrations.outbox.models import Attempt, Destination, OutboxMessage
from integrations.ports.commands import TARGETS
from integrations.ports.protocols import CONNECTORS
from integrations.sync.models import ScheduleSlot

SEE_MESSAGES = "integrations.view_message"


class SourceForm(ReasonedForm):
    """Offers the connectors that are installed, and folders that are kept for drops."""

    def clean_connector(self) -> str:
        """A connector that is there to read what comes."""
        key: str = self.cleaned_data["connector"]
        if key not in CONNECTORS:
            known = ", ".join(sorted(connector.key for connector in CONNECTORS))
            raise forms.ValidationError(f"No connector is called “{key}”. Installed: {known}.")
        return key

    def clean_folder(self) -> str:
        """None, or one below a folder that is kept for drops: what lies in it is taken away."""
        folder: str = self.cleaned_data["folder"]
        if folder and not is_for_drops(Path(settings.PORTAL_HOME) / folder):
            roots = ", ".join(str(root) for root in settings.DROP_ROOTS)
            raise forms.ValidationError(f"Choose a folder below one of these: {roots}.")
        return folder


def is_for_drops(folder: Path) -> bool:
    """Whether a folder lies below one that the installation keeps for drops."""
    parents = folder.resolve().parents
    return any(Path(root).resolve() in parents for root in settings.DROP_ROOTS)


class FacilityForm(ReasonedForm):
    """A facility whose days can be counted."""

    def clean_time_zone(self) -> str:
        """A zone of the IANA database."""
        zone: str = self.cleaned_data["time_zone"]
        validate_time_zone(zone)
        return zone


@admin.register(Source)
class SourceAdmin(ReasonedModelAdmin):
    """Who sends us messages."""

    form = SourceForm
    fixed = ("name",)
    list_display = ("name", "label", "connector", "folder", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "label")
    ordering = ("name",)


class DestinationForm(ReasonedForm):
    """Offers the targets that are installed. A secret is named here, never written."""

    def clean_target(self) -> str:
        """A target that is there to be spoken through."""
        key: str = self.cleaned_data["target"]
        if key not in TARGETS:
            known = ", ".join(sorted(target.key for target in TARGETS))
            raise forms.ValidationError(f"No target is called “{key}”. Installed: {known}.")
        return key


@admin.register(Destination)
class DestinationAdmin(ReasonedModelAdmin):
    """Whom we ask things of."""

    form = DestinationForm
    fixed = ("name", "target")
    list_display = ("name", "label", "target", "url", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "label")
    ordering = ("name",)


@admin.register(Payer)
class PayerAdmin(ReasonedModelAdmin):
    """Who pays; those first met in a message wait to be confirmed."""

    fixed = ("key",)
    list_display = ("name", "key", "payer_class", "is_confirmed")
    list_filter = ("is_confirmed", "payer_class")
    search_fields = ("name", "key")
    ordering = ("name", "pk")


@admin.register(Vendor)
class VendorAdmin(ReasonedModelAdmin):
    """Who bills us; an invoice that is held for its vendor is matched again on its page."""

    fixed = ("key", "bank_digest")
    list_display = ("name", "key", "category", "hold", "way", "is_confirmed")
    list_filter = ("is_confirmed", "hold", "way")
    search_fields = ("name", "key", "tax_number")
    ordering = ("name", "pk")


@admin.register(Facility)
class FacilityAdmin(ReasonedModelAdmin):
    """Whose bills we work."""

    form = FacilityForm
    fixed = ("key",)
    list_display = ("name", "key", "time_zone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "key")
    ordering = ("name", "pk")


class CrosswalkAdmin(ReasonedModelAdmin):
    """What one source calls one of ours; it holds for messages that come from now on."""

    search_fields = ("identifier",)
    ordering = ("identifier", "pk")
    change_form_template = "admin/in_force_at_once/change_form.html"
    change_list_template = "admin/in_force_at_once/change_list.html"


@admin.register(VendorIdentifier)
class VendorIdentifierAdmin(CrosswalkAdmin):
    """What one source calls a vendor."""

    list_display = ("identifier", "source", "vendor")
    list_filter = ("source",)
    list_select_related = ("source", "vendor")


@admin.register(PayerIdentifier)
class PayerIdentifierAdmin(CrosswalkAdmin):
    """What sources call payers."""

    list_display = ("identifier", "source", "payer")
    list_filter = ("source",)
    list_select_related = ("source", "payer")


@admin.register(FacilityIdentifier)
class FacilityIdentifierAdmin(CrosswalkAdmin):
    """What sources call facilities."""

    list_display = ("identifier", "source", "facility")
    list_filter = ("source",)
    list_select_related = ("source", "facility")


@admin.register(Claim)
class ClaimAdmin(ScopedRecordAdmin):
    """Claims of one's facilities; whose they are is not shown here.

    Nor are they searched here: a claim's number would stand in the address.
    """

    list_display = ("public_id", "payer", "facility", "charge", "currency", "service_from")
    list_select_related = ("payer", "facility")
    exclude = ("patient", "coverage", "encounter", "provider")


@admin.register(Remittance)
class RemittanceAdmin(ScopedRecordAdmin):
    """Payments of one's facilities."""

    list_display = ("trace_number", "payer", "facility", "paid_on", "amount", "currency")
    list_filter = ("source",)
    list_select_related = ("payer", "facility")
    search_fields = ("trace_number__exact",)
    search_help_text = "The whole cheque or EFT number."


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    """What was received; its bytes are not shown here."""

    needs = SEE_MESSAGES
    list_display = ("public_id", "source", "filename", "status", "attempts", "received_at")
    list_filter = ("source", "status")
    list_select_related = ("source",)
    search_fields = ("correlation_id__exact", "sha256__exact")
    search_help_text = "The whole correlation id or SHA-256."
    exclude = ("lease_token", "lease_until")


@admin.register(Quarantined)
class QuarantinedAdmin(RecordAdmin):
    """What waits for a person."""

    needs = SEE_MESSAGES
    list_display = ("message", "position", "reason_code", "quarantined_at", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter),)
    list_select_related = ("message",)


@admin.register(ScheduleSlot)
class ScheduleSlotAdmin(RecordAdmin):
    """What was to run, and what became of it."""

    needs = SEE_MESSAGES
    list_display = ("job", "slot", "status", "started_at", "finished_at")
    list_filter = ("status",)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(RecordAdmin):
    """What was asked of other systems; what exactly is not shown here, since it may name payees."""

    needs = SEE_OUTBOX
    list_display = ("public_id", "destination", "kind", "total", "currency", "state", "attempts")
    list_filter = ("destination", "state")
    list_select_related = ("destination",)
    search_fields = ("correlation_id__exact", "order_key__exact", "partner_reference__exact")
    search_help_text = "The whole correlation id, order or reference."
    exclude = ("payload", "lease_token")


@admin.register(Attempt)
class AttemptAdmin(RecordAdmin):
    """Each call to another system, and its answer."""

    needs = SEE_OUTBOX
    list_display = ("message", "number", "act", "answer", "code", "milliseconds", "at")
    list_filter = ("act", "answer")
    list_select_related = ("message",)
