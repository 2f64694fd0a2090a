"""The append-only record, to read."""

from django.contrib import admin

from billing_portal.access.record_admin import RecordAdmin
from billing_portal.access.roles import SEE_AUDIT
from billing_portal.audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin):
    """Who did what, and why."""

    needs = SEE_AUDIT
    list_display = ("at", "actor", "verb", "subject", "reason", "chain", "seq")
    list_select_related = ("actor",)
    search_fields = ("chain__exact", "actor__username__exact")
    search_help_text = "A whole chain, e.g. case:42, or a user name."
