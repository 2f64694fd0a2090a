"""The books in Set-up: accounts, mappings and periods of the controller, templates, journals."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join

from billing_portal.access.reasoned_admin import ReasonedForm, ReasonedModelAdmin
from billing_portal.access.record_admin import ScopedRecordAdmin
from billing_portal.access.roles import SEE_JOURNALS
from cases.admin.forms import PeriodForm
from cases.effects.models import (
    Account,
    AccountMapping,
    FiscalPeriod,
    Journal,
    JournalTemplate,
    Ledger,
    TemplateLine,
)


class FiscalPeriodForm(ReasonedForm):
    """Days that follow each other."""

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first; the database could not even compare such ones."""
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last day is not before the first.")
        return cleaned


@admin.register(Account)
class AccountAdmin(ReasonedModelAdmin):
    """The chart of accounts, by the codes of the ERP."""

    fixed = ("code",)
    list_display = ("code", "name", "kind", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("=code", "name")
    ordering = ("code",)


@admin.register(AccountMapping)
class AccountMappingAdmin(ReasonedModelAdmin):
    """Which account a role means at a site; a site's own goes before everybody's."""

    form = PeriodForm
    list_display = ("role", "entity", "account", "valid_from", "valid_to")
    list_filter = ("role",)
    list_select_related = ("entity", "account")
    search_fields = ("account__code", "entity__name")
    ordering = ("role", "entity__name", "valid_from", "pk")


@admin.register(FiscalPeriod)
class FiscalPeriodAdmin(ReasonedModelAdmin):
    """The days that take postings; what falls on a closed one is posted on the next open one."""

    form = FiscalPeriodForm
    list_display = ("starts_on", "ends_on", "entity", "state")
    list_filter = ("state",)
    list_select_related = ("entity",)
    search_fields = ("entity__name",)
    ordering = ("-starts_on", "pk")


@admin.register(Ledger)
class LedgerAdmin(ReasonedModelAdmin):
    """Which system is told what is decided about a site."""

    list_display = ("__str__", "entity", "destination")
    list_select_related = ("entity", "destination")
    search_fields = ("entity__name", "destination__label")
    ordering = ("entity__name", "pk")


@admin.register(JournalTemplate)
class JournalTemplateAdmin(ReasonedModelAdmin):
    """How events are booked, and who says so; to book otherwise, end one and begin another."""

    form = PeriodForm
    fixed = ("key",)
    readonly_fields = ("booked",)
    list_display = ("label", "key", "valid_from", "valid_to", "citation")
    search_fields = ("label", "key", "citation")
    ordering = ("key", "valid_from", "pk")

    @admin.display(description="Books")
    def booked(self, template: JournalTemplate) -> str:
        """Its lines, in words."""
        lines = template.lines.order_by("position") if template.pk else []
        words = [
            (each.amount, each.get_debit_display(), each.get_credit_display()) for each in lines
        ]
        return format_html_join("", "<p>{}: debit {}, credit {}</p>", words) or "Nothing yet."


class TemplateLineForm(ReasonedForm):
    """One amount between two different roles."""

    def clean(self) -> dict[str, Any]:
        """What is debited and credited to one role books nothing."""
        cleaned = super().clean()
        if cleaned.get("debit") and cleaned.get("debit") == cleaned.get("credit"):
            self.add_error("credit", forms.ValidationError("Name another role than the debit’s."))
        return cleaned


@admin.register(TemplateLine)
class TemplateLineAdmin(ReasonedModelAdmin):
    """Between which roles a template books an amount: it balances because every line does."""

    form = TemplateLineForm
    fixed = ("template",)
    list_display = ("template", "position", "amount", "debit", "credit", "is_signed", "ties")
    list_display_links = ("amount",)
    list_filter = ("template__key",)
    list_select_related = ("template",)
    search_fields = ("template__key", "amount")
    ordering = ("template__key", "template__valid_from", "position", "pk")


@admin.register(Journal)
class JournalAdmin(ScopedRecordAdmin):
    """What was booked, to read; corrections are journals of their own."""

    list_display = ("reference", "effect", "entity", "posting_on", "total", "currency", "text")
    list_select_related = ("effect", "entity")
    needs = SEE_JOURNALS
    search_fields = ("effect__case__reference__exact", "effect__request_reference__exact")
    search_help_text = "The whole reference of a case or an approval."
    readonly_fields = ("booked",)

    @admin.display(description="Lines")
    def booked(self, journal: Journal) -> str:
        """Debits and credits."""
        lines = journal.lines.select_related("account").order_by("position")
        words = [(each.account, each.debit, each.credit) for each in lines]
        return format_html_join("", "<p>{}: debit {}, credit {}</p>", words)
