"""Configuration in Django admin: every change has a reason, a version and a history."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from billing_portal.access.actor import acting
from billing_portal.audit import services as audit

REASON = "change_reason"
SEEN = "seen_version"


def is_versioned(model: type[models.Model]) -> bool:
    """Whether rows count their versions."""
    return any(field.name == "version" for field in model._meta.fields)


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
        """Compare the version seen with the one in force, locked till then; name both values."""
        cleaned = super().clean() or {}
        model = type(self.instance)
        if not self.instance.pk or not is_versioned(model):
            return cleaned
        held: Any = model._default_manager.select_for_update(of=("self",)).get(pk=self.instance.pk)
        if held.version != cleaned.get(SEEN):
            raise ValidationError(
                "Somebody changed this while you worked on it. %(differences)s"
                " Nothing of yours was saved; open it again to go on.",
                code="stale_version",
                params={"differences": self.differences(held)},
            )
        return cleaned

    def differences(self, held: models.Model) -> str:
        """What stands now beside what this form would write, field by field."""
        names = [name for name in self.changed_data if name not in {REASON, SEEN}]
        return "".join(
            f"{self.fields[name].label}: now “{getattr(held, name, '')}”,"
            f" yours “{self.cleaned_data.get(name, '')}”. "
            for name in names
        )


class ReasonedModelAdmin(SimpleHistoryAdmin):
    """For configuration tables alone. Rows end by their period or `is_active`, not by deletion.

    `fixed` names the fields that are given once: code, messages and addresses know rows by them.
    """

    form = ReasonedForm
    fixed: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    list_per_page = 50
    formfield_overrides: ClassVar[Any] = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 2})}
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The version is counted, not typed; what is fixed is typed once."""
        fields = tuple(super().get_readonly_fields(request, obj)) + (self.fixed if obj else ())
        add = is_versioned(self.model) and "version" not in fields
        return (*fields, "version") if add else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what was in force stays on record."""
        return False

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """An earlier version, to read: what was in force once is not put back by a click.

        The library hides its button, and would still save what is posted.
        """
        if request.method != "GET":
            raise PermissionDenied
        page: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save with the reason, as the next version, and record it on the table's chain.

        The form has locked the row and compared versions.
        """
        reason = form.cleaned_data[REASON]
        if change and is_versioned(type(obj)):
            obj.version += 1
        with acting(by=request.user, reason=reason):
            super().save_model(request, obj, form, change)
        audit.record(
            chain=f"config:{obj._meta.model_name}",
            verb="config.changed" if change else "config.added",
            subject=f"{obj._meta.model_name}:{obj.pk}",
            by=request.user,  # type: ignore[arg-type]  # the admin lets nobody else in
            reason=reason,
            fields=sorted(set(form.changed_data) - {REASON, SEEN}),
        )

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        """What is edited on the same page is saved for the same reason."""
        with acting(by=request.user, reason=form.cleaned_data[REASON]):
            super().save_related(request, form, formsets, change)


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
