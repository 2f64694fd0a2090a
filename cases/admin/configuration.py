"""Configuration of cases: queues, rules, targets, calendars and code maps."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin

from billing_portal.access.reasoned_admin import ReasonedForm, ReasonedModelAdmin
from cases.routing.conditions import ConditionRefused, compiled
from cases.routing.fields import TERMS
from cases.routing.models import RoutingRule
from cases.sla.models import Calendar, Holiday, Target
from cases.types.denial.models import AdjustmentCode, RemarkCode
from cases.work.models import Queue


class InForceAtOnce(ReasonedModelAdmin):
    """Rules and code maps: what is saved here decides the next case, and the page says so."""

    change_form_template = "admin/in_force_at_once/change_form.html"
    change_list_template = "admin/in_force_at_once/change_list.html"


@admin.register(Queue)
class QueueAdmin(ReasonedModelAdmin):
    """Worklists."""

    list_display = ("name", "key", "team", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "key", "team")
    ordering = ("position", "pk")


class RoutingRuleForm(ReasonedForm):
    """Checks the condition and says what is wrong with it."""

    def clean_condition(self) -> Any:
        """The condition, if it can be understood."""
        condition = self.cleaned_data["condition"]
        try:
            compiled(condition, TERMS)
        except ConditionRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return condition


@admin.register(RoutingRule)
class RoutingRuleAdmin(InForceAtOnce):
    """Which case goes to which queue; the first rule that matches wins."""

    form = RoutingRuleForm
    list_display = ("position", "name", "queue", "is_active", "version")
    list_display_links = ("name",)
    list_filter = ("is_active",)
    list_select_related = ("queue",)
    search_fields = ("name", "key")
    ordering = ("position",)


@admin.register(Target)
class TargetAdmin(InForceAtOnce):
    """By when a queue's cases are to be touched and resolved."""

    list_display = ("queue", "clock", "amount", "unit")
    list_filter = ("clock", "unit")
    list_select_related = ("queue",)
    search_fields = ("queue__name", "queue__key")
    ordering = ("queue__position", "clock", "pk")


@admin.register(Calendar)
class CalendarAdmin(InForceAtOnce):
    """Business hours."""

    list_display = ("name", "key", "facility", "time_zone")
    list_select_related = ("facility",)
    search_fields = ("name", "key")
    ordering = ("key",)


@admin.register(Holiday)
class HolidayAdmin(InForceAtOnce):
    """Closed days."""

    list_display = ("on", "name", "calendar")
    list_filter = ("calendar",)
    list_select_related = ("calendar",)
    search_fields = ("name",)
    ordering = ("-on", "pk")


class CodeMapAdmin(InForceAtOnce):
    """What an adjustment or remark code means, in a period."""

    list_filter: ClassVar[Any] = ("category",)
    list_select_related = ("queue",)
    search_fields = ("=code", "words")
    ordering = ("code", "valid_from", "pk")


@admin.register(AdjustmentCode)
class AdjustmentCodeAdmin(CodeMapAdmin):
    """Claim adjustment reason codes (CARC)."""

    list_display = ("code", "words", "category", "is_denial", "queue", "valid_from", "valid_to")
    list_filter = ("category", "is_denial")


@admin.register(RemarkCode)
class RemarkCodeAdmin(CodeMapAdmin):
    """Remittance advice remark codes (RARC)."""

    list_display = ("code", "words", "category", "is_alert", "queue", "valid_from", "valid_to")
    list_filter = ("category", "is_alert")
