"""Configuration in Django admin: every change has a reason, a version and a history."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from billing_portal.access.actor import acting
from billing_portal.audit import services as audit

REASON = "change_reason"
SEEN = "seen_version"


class ReasonedForm(forms.ModelForm):  # type: ignore[type-arg]  # made for any model
    """Asks why, and refuses to overwrite what somebody else changed meanwhile."""

    change_reason = forms.CharField(
        label="Reason for this change",
        help_text="Kept in the history. No patient data.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[SEEN].initial = getattr(self.instance, "version", None)

    def clean(self) -> dict[str, Any]:
        """Compare the version seen with the one in force; name what differs."""
        cleaned = super().clean() or {}
        seen = cleaned.get(SEEN)
        if self.instance.pk and seen is not None:
            held = type(self.instance)._default_manager.get(pk=self.instance.pk)
            if held.version != seen:
                raise ValidationError(
                    "Somebody changed this while you worked on it. Now in force: %(held)s."
                    " Nothing of yours was saved; open it again to go on.",
                    params={"held": self.in_words(held)},
                )
        return cleaned

    def in_words(self, held: models.Model) -> str:
        """The other person's values of the fields that this form would change."""
        names = [name for name in self.changed_data if hasattr(held, name)]
        return "; ".join(f"{name}: {getattr(held, name)}" for name in names) or "other fields"


class ReasonedModelAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # ships no types
    """For configuration tables alone. Rows end by their period or `is_active`, not by deletion."""

    form = ReasonedForm
    show_full_result_count = False
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The version is counted, not typed."""
        fields = tuple(super().get_readonly_fields(request, obj))
        has_version = any(field.name == "version" for field in self.model._meta.fields)
        return (*fields, "version") if has_version else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what was in force stays on record."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save with the reason, as the next version, and record it on the table's chain."""
        reason = form.cleaned_data[REASON]
        if change and hasattr(obj, "version"):
            obj.version = self.next_version(obj)
        with acting(by=request.user, reason=reason):
            obj._change_reason = reason
            super().save_model(request, obj, form, change)
        audit.record(
            chain=f"config:{obj._meta.model_name}",
            verb="config.changed" if change else "config.added",
            subject=f"{obj._meta.model_name}:{obj.pk}",
            by=request.user,  # type: ignore[arg-type]  # the admin lets nobody else in
            reason=reason,
            fields=sorted(set(form.changed_data) - {REASON, SEEN}),
        )

    @staticmethod
    def next_version(obj: Any) -> int:
        """One more than the row's, which is locked until the change is in."""
        rows = type(obj)._default_manager.select_for_update().filter(pk=obj.pk)
        return int(rows.annotate(following=F("version") + 1).values_list("following", flat=True).get())


class ReadOnlyModelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # for any model
    """For records: seen, never added, changed or deleted here."""

    show_full_result_count = False
    list_per_page = 50
    actions: ClassVar[None] = None  # type: ignore[misc]  # Django's word for none

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
