"""Accounts: made, given roles, and ended, each with a reason."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from billing_portal.access.actor import current
from billing_portal.access.duties import clashes
from billing_portal.access.people.asking import ask
from billing_portal.access.reasoned_admin import REASON, ReasonedForm, ReasonedModelAdmin
from billing_portal.access.roles import BY_KEY
from billing_portal.access.services import join, leave
from billing_portal.accounts.models import User, UserKind
from billing_portal.accounts.services import deactivate, reactivate

OWN_ROLES = "Somebody else must change your own roles."


class UserForm(ReasonedForm):
    """An account and its roles; never its password's hash."""

    roles = forms.ModelMultipleChoiceField(
        queryset=Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What each may do stands on the role's page.",
    )
    kind = forms.ChoiceField(
        choices=[choice for choice in UserKind.choices if choice[0] != UserKind.SYSTEM.value]
    )
    first_password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Only for a new account. Tell the person, who then changes it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        if self.instance.pk:
            self.fields["roles"].initial = self.instance.groups.all()
            self.fields.pop("first_password", None)

    def clean_roles(self) -> QuerySet[Group]:
        """Somebody else's, and none that nobody holds together."""
        chosen: QuerySet[Group] = self.cleaned_data["roles"]
        now = current()
        if now and now.by.pk == self.instance.pk and set(chosen) != set(self.instance.groups.all()):
            raise forms.ValidationError(OWN_ROLES)
        names = [group.name for group in chosen]
        apart = [name for name in names if clashes(name, names)]
        if apart:
            labels = ", ".join(BY_KEY[name].label if name in BY_KEY else name for name in apart)
            raise forms.ValidationError(f"Nobody holds these together: {labels}.")
        return chosen

    def clean_first_password(self) -> str:
        """As good as any password here."""
        password: str = self.cleaned_data["first_password"]
        if password:
            validate_password(password, self.instance)
        return password


@admin.register(User)
class UserAdmin(ReasonedModelAdmin):
    """People and services; systems act by themselves and are not edited."""

    form = UserForm
    change_form_template = "admin/user/change_form.html"
    list_display = ("username", "full_name", "kind", "is_staff", "is_active")
    list_filter = ("is_active", "kind", "is_staff", "groups")
    search_fields = ("username", "full_name", "email")
    ordering = ("username",)
    fields = (
        "username",
        "full_name",
        "email",
        "staff_number",
        "kind",
        "time_zone",
        "is_staff",
        "roles",
        "is_active",
        "version",
        "first_password",
        "change_reason",
        "seen_version",
    )
    readonly_fields = ("is_active", "version")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Those that are somebody's."""
        accounts: QuerySet[User] = super().get_queryset(request)
        return accounts.exclude(kind=UserKind.SYSTEM)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The first password only when there is none yet."""
        return [name for name in self.fields if obj is None or name != "first_password"]

    def get_urls(self) -> list[URLPattern]:
        """With the pages that end an account and open it again."""
        view = self.admin_site.admin_view(self.deactivate_view)
        own = path("<int:pk>/deactivate/", view, name="accounts_user_deactivate")
        back = self.admin_site.admin_view(self.reactivate_view)
        again = path("<int:pk>/reactivate/", back, name="accounts_user_reactivate")
        return [own, again, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save the account, then give and take roles, all for the one reason."""
        wanted = set(form.cleaned_data["roles"])
        held = set(obj.groups.all()) if change else set()
        by = request.user
        assert isinstance(by, User)
        if not change:
            obj.set_password(form.cleaned_data["first_password"] or None)
        super().save_model(request, obj, form, change)
        reason = form.cleaned_data[REASON]
        for group in sorted(held - wanted, key=lambda group: group.name):
            leave(user=obj, group=group, by=by, reason=reason)
        for group in sorted(wanted - held, key=lambda group: group.name):
            join(user=obj, group=group, by=by, reason=reason)

    def deactivate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, then end the account with its sessions and tokens."""
        user = get_object_or_404(self.get_queryset(request), pk=pk, is_active=True)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return ask(
            request,
            self.admin_site,
            title="Deactivate account",
            words=f"{user} is signed out everywhere and tokens stop working; what was done stays.",
            back=reverse("admin:accounts_user_change", args=[pk]),
            does=partial(self.end, request, user),
        )

    def end(self, request: HttpRequest, user: User, reason: str) -> str:
        """End one account."""
        by = request.user
        assert isinstance(by, User)
        deactivate(user=user, by=by, reason=reason, at=timezone.now())
        return f"{user} is deactivated."

    def reactivate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, then open an ended account again."""
        user = get_object_or_404(self.get_queryset(request), pk=pk, is_active=False)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return ask(
            request,
            self.admin_site,
            title="Reactivate account",
            words=f"{user} can sign in again, with the roles held before; tokens stay revoked.",
            back=reverse("admin:accounts_user_change", args=[pk]),
            does=partial(self.open_again, request, user),
        )

    def open_again(self, request: HttpRequest, user: User, reason: str) -> str:
        """Open one account again."""
        by = request.user
        assert isinstance(by, User)
        reactivate(user=user, by=by, reason=reason)
        return f"{user} is active again."
