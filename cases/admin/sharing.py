"""What a site words for itself: labels, macros, and steps added to those of a case type."""

from typing import Any

from django import forms
from django.contrib import admin

from billing_portal.access.reasoned_admin import ReasonedForm, ReasonedModelAdmin
from cases.collaboration.models import Label, Macro
from cases.collaboration.vocabulary import MacroVerb
from cases.types.denial.vocabulary import Category
from cases.work.models import ChecklistItem
from cases.work.types import CASE_TYPES

CLOSED_TO_PEOPLE = "People do not resolve cases so: choose another way, or no verb."


class MacroForm(ReasonedForm):
    """A macro whose verb has what it needs, and nothing else."""

    def clean(self) -> dict[str, Any]:
        """Days go with deferring, a disposition with resolving."""
        cleaned = super().clean()
        verb, days, ends = (cleaned.get(name) for name in ("verb", "days", "disposition"))
        cleaned["disposition"] = ends = ends or None
        if (verb == MacroVerb.DEFER) != bool(days):
            self.add_error("days", "Deferring needs a number of days; nothing else takes one.")
        if (verb == MacroVerb.RESOLVE) != bool(ends):
            self.add_error("disposition", "Resolving needs a way; nothing else takes one.")
        elif ends and not any(ends in each.dispositions for each in CASE_TYPES):
            self.add_error("disposition", CLOSED_TO_PEOPLE)
        return cleaned


class ChecklistForm(ReasonedForm):
    """A step for a type and a category that there are."""

    def clean_case_type(self) -> str:
        """An installed case type."""
        key = str(self.cleaned_data["case_type"])
        if key not in {each.key for each in CASE_TYPES}:
            raise forms.ValidationError("There is no such case type.")
        return key

    def clean_category(self) -> str:
        """A category of the code map, in capitals."""
        category = str(self.cleaned_data["category"]).strip().upper()
        if category not in Category.values:
            raise forms.ValidationError(f"One of {', '.join(Category.values)}.")
        return category


@admin.register(Label)
class LabelAdmin(ReasonedModelAdmin):
    """Labels of teams."""

    fixed = ("key",)
    list_display = ("name", "key", "team", "tone", "is_active")
    list_filter = ("is_active", "team")
    search_fields = ("name", "key")
    ordering = ("name", "pk")


@admin.register(Macro)
class MacroAdmin(ReasonedModelAdmin):
    """What is often written."""

    form = MacroForm
    fixed = ("key",)
    list_display = ("position", "name", "team", "note_kind", "verb", "is_active")
    list_display_links = ("name",)
    list_filter = ("is_active", "team", "verb")
    search_fields = ("name", "key", "text")
    ordering = ("position", "name", "pk")


@admin.register(ChecklistItem)
class ChecklistItemAdmin(ReasonedModelAdmin):
    """Steps that the site adds."""

    form = ChecklistForm
    fixed = ("case_type", "category", "key")
    list_display = ("category", "words", "position", "is_active")
    list_display_links = ("words",)
    list_filter = ("is_active", "category")
    search_fields = ("words", "key")
    ordering = ("case_type", "category", "position", "pk")
