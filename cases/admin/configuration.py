"""Configuration of cases: queues and calendars to edit; rules, targets and code maps to read."""

from typing import Any, ClassVar

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from billing_portal.access.reasoned_admin import ReadOnlyModelAdmin, ReasonedModelAdmin
from cases.admin.forms import CalendarForm, LetterTemplateForm, PeriodForm, QueueForm
from cases.payers.models import PayerContact, PayerRule
from cases.priority.models import Capacity, Skill, Weighting
from cases.quality.models import WorkWeight
from cases.routing.models import RoutingRule
from cases.sla.models import Calendar, DeadlineRule, Holiday, Target
from cases.types.denial.appeals.models import LetterTemplate
from cases.types.denial.models import AdjustmentCode, RemarkCode
from cases.types.invoice_exception.models import Tolerance
from cases.types.payment_variance.models import ContractRate
from cases.types.small_balance.models import SmallBalanceRule
from cases.work.models import Queue


class InForceAtOnce(ReasonedModelAdmin):
    """Calendars: what is saved here counts for the next case, and the page says so."""

    change_form_template = "admin/in_force_at_once/change_form.html"
    change_list_template = "admin/in_force_at_once/change_list.html"


class GovernedAdmin(ReadOnlyModelAdmin, SimpleHistoryAdmin):
    """What changes by editions alone: to read here, with its history, and a link to its book."""

    change_form_template = "admin/governed/change_form.html"
    change_list_template = "admin/governed/change_list.html"


@admin.register(Queue)
class QueueAdmin(ReasonedModelAdmin):
    """Worklists."""

    form = QueueForm
    fixed = ("key",)
    list_display = ("name", "key", "team", "position", "take", "capacity", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "key", "team")
    ordering = ("position", "pk")


@admin.register(RoutingRule)
class RoutingRuleAdmin(GovernedAdmin):
    """Which case goes to which queue; the first rule that matches wins."""

    list_display = ("position", "name", "queue", "is_active", "version")
    list_display_links = ("name",)
    list_filter = ("is_active",)
    list_select_related = ("queue",)
    search_fields = ("name", "key")
    ordering = ("position",)


@admin.register(Target)
class TargetAdmin(GovernedAdmin):
    """By when a queue's cases are to be touched and resolved."""

    list_display = ("queue", "clock", "amount", "unit")
    list_filter = ("clock", "unit")
    list_select_related = ("queue",)
    search_fields = ("queue__name", "queue__key")
    ordering = ("queue__position", "clock", "pk")


@admin.register(Weighting)
class WeightingAdmin(ReadOnlyModelAdmin):
    """What the next case is chosen by; the highest number is in force, each version stays."""

    change_form_template = "admin/governed/change_form.html"
    change_list_template = "admin/governed/change_list.html"
    list_display = ("number", "urgency", "money", "age", "escalation", "guard_days", "weighed_at")
    ordering = ("-number",)


@admin.register(Calendar)
class CalendarAdmin(InForceAtOnce):
    """Business hours."""

    form = CalendarForm
    fixed = ("key",)
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


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(InForceAtOnce):
    """How long law or contract leaves, and who says so."""

    form = PeriodForm
    list_display = ("clock_type", "payer", "payer_class", "level", "days", "day_kind", "valid_from")
    list_filter = ("clock_type", "payer_class")
    list_select_related = ("payer",)
    search_fields = ("payer__name", "citation")
    ordering = ("payer_class", "payer__name", "clock_type", "level", "valid_from", "pk")


@admin.register(Tolerance)
class ToleranceAdmin(InForceAtOnce):
    """How much a vendor's invoice may differ, and who says so."""

    form = PeriodForm
    list_display = (
        "measure",
        "direction",
        "vendor",
        "category",
        "percent",
        "amount",
        "currency",
        "valid_from",
    )
    list_filter = ("measure", "direction")
    list_select_related = ("vendor",)
    search_fields = ("vendor__name", "category", "citation")
    ordering = ("measure", "direction", "vendor__name", "category", "valid_from", "pk")


@admin.register(Skill)
class SkillAdmin(InForceAtOnce):
    """What people and groups can work; who has none is offered everything."""

    list_display = ("person", "group", "category", "payer")
    list_filter = ("category",)
    list_select_related = ("person", "group", "payer")
    search_fields = ("person__username", "group__name", "payer__name")
    ordering = ("person__username", "group__name", "category", "pk")


@admin.register(Capacity)
class CapacityAdmin(InForceAtOnce):
    """How many cases of a queue one person may have in hand."""

    list_display = ("person", "queue", "cases")
    list_filter = ("queue",)
    list_select_related = ("person", "queue")
    search_fields = ("person__username", "queue__name")
    ordering = ("person__username", "queue__position", "pk")


class CodeMapAdmin(GovernedAdmin):
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


@admin.register(WorkWeight)
class WorkWeightAdmin(ReasonedModelAdmin):
    """How much work a case is; an ordinary one weighs 1."""

    list_display = ("case_type", "category", "weight")
    list_filter = ("case_type",)
    search_fields = ("case_type", "category")
    ordering = ("case_type", "category", "pk")


@admin.register(PayerContact)
class PayerContactAdmin(ReasonedModelAdmin):
    """How to reach payers."""

    list_display = ("payer", "department", "phone", "fax", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("payer",)
    search_fields = ("payer__name", "department")
    ordering = ("payer__name", "department", "pk")


@admin.register(PayerRule)
class PayerRuleAdmin(ReasonedModelAdmin):
    """What payers ask for, in words."""

    list_display = ("payer", "topic", "words", "citation", "is_active")
    list_filter = ("topic", "is_active")
    list_select_related = ("payer",)
    search_fields = ("payer__name", "words")
    ordering = ("payer__name", "topic", "pk")


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ReasonedModelAdmin):
    """The wording that letters start from; a letter that was drafted keeps its own."""

    form = LetterTemplateForm
    fixed = ("key",)
    list_display = ("name", "key", "ground", "is_active", "version")
    list_filter = ("ground", "is_active")
    search_fields = ("name", "key")
    ordering = ("ground", "name", "pk")


@admin.register(ContractRate)
class ContractRateAdmin(ReasonedModelAdmin):
    """What payers' contracts allow; another rate from a day on: end one and begin another."""

    fixed = ("payer", "code_kind", "code")
    list_display = ("payer", "code_kind", "code", "rate", "share", "valid_from", "valid_to")
    list_display_links = ("code",)
    list_filter = ("code_kind",)
    list_select_related = ("payer",)
    search_fields = ("payer__name", "code", "citation")
    ordering = ("payer__name", "code_kind", "code", "valid_from", "pk")


@admin.register(SmallBalanceRule)
class SmallBalanceRuleAdmin(InForceAtOnce):
    """Which balances are small, and how many of a batch are looked at."""

    form = PeriodForm
    list_display = ("currency", "most", "share", "rest_days", "valid_from", "valid_to")
    search_fields = ("citation",)
    ordering = ("currency", "valid_from", "pk")
