"""Cases and what hangs on them, to read: work is done in the portal, where it is checked."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from billing_portal.access.record_admin import RecordAdmin, ScopedRecordAdmin
from billing_portal.accounts.models import User
from cases.evidence.models import Attachment
from cases.routing.models import RoutingDecision
from cases.work.models import Case, Note


def portal_link(case: Case) -> str:
    """Where the case is worked."""
    return format_html(
        '<a href="{}">{}</a>', reverse("cases:case", args=[case.public_id]), case.reference
    )


@admin.register(Case)
class CaseAdmin(ScopedRecordAdmin):
    """The cases of one's queues and facilities."""

    list_display = ("reference", "title", "status", "queue", "facility", "owner", "amount_at_risk")
    list_filter = ("status",)
    list_select_related = ("queue", "facility", "owner")
    search_fields = ("reference__exact",)
    search_help_text = "The whole reference, e.g. DN-100042."
    readonly_fields = ("in_the_portal",)
    exclude = ("claim", "key")

    @admin.display(description="In the portal")
    def in_the_portal(self, case: Case) -> str:
        """A link to where it is worked."""
        return portal_link(case)


class OfCaseAdmin(RecordAdmin):
    """What hangs on a case, for those who see the case."""

    list_select_related: ClassVar[Any] = ("case",)
    search_fields = ("case__reference__exact",)
    search_help_text = "The whole reference of a case."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the cases that this person may see."""
        assert isinstance(request.user, User)
        seen = Case.objects.visible_to(request.user)
        return super().get_queryset(request).filter(case__in=seen)


@admin.register(Note)
class NoteAdmin(OfCaseAdmin):
    """What was said."""

    list_display = ("case", "kind", "author", "written_at")
    list_select_related = ("case", "author")


@admin.register(Attachment)
class AttachmentAdmin(OfCaseAdmin):
    """What was attached; the files themselves are opened in the portal."""

    list_display = ("case", "content_type", "size", "attached_by", "attached_at")
    list_select_related = ("case", "attached_by")
    exclude = ("path",)


@admin.register(RoutingDecision)
class RoutingDecisionAdmin(OfCaseAdmin):
    """Why cases stand where they stand."""

    list_display = ("case", "queue", "rule", "rule_version", "decided_at")
    list_select_related = ("case", "queue", "rule")
