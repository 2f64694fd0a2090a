"""API tokens: made, shown once, revoked."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from billing_portal.access.people.asking import ReasonForm, ask
from billing_portal.access.record_admin import RecordAdmin
from billing_portal.accounts.models import ApiToken, User, UserKind
from billing_portal.accounts.services import make_token, revoke_token

LONGEST = 365  # days


class TokenForm(ReasonForm):
    """Whose, what for, how long."""

    field_order = ("user", "label", "days", "reason")
    user = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True).exclude(kind=UserKind.SYSTEM)
    )
    label = forms.CharField(max_length=100, help_text="What uses it.")
    days = forms.IntegerField(min_value=1, max_value=LONGEST, initial=90, label="Valid for days")


@admin.register(ApiToken)
class ApiTokenAdmin(RecordAdmin):
    """Tokens by their first letters; the whole is kept nowhere."""

    needs = "accounts.view_apitoken"
    change_form_template = "admin/token/change_form.html"
    list_display = ("label", "prefix", "user", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("label", "user__username", "prefix")
    exclude = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may give them out."""
        return request.user.has_perm("accounts.add_apitoken")

    def get_urls(self) -> list[URLPattern]:
        """With the page that revokes."""
        view = self.admin_site.admin_view(self.revoke_view)
        own = path("<int:pk>/revoke/", view, name="accounts_apitoken_revoke")
        return [own, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask what it is for; make it and show it this once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TokenForm(request.POST or None)
        context = {
            **self.admin_site.each_context(request),
            "title": "Make API token",
            "words": "It is shown once, on the next page. Whoever holds it acts as its user.",
            "form": form,
            "back": reverse("admin:accounts_apitoken_changelist"),
        }
        if request.method == "POST" and form.is_valid():
            context["text"] = self.made(request, form.cleaned_data)
            return TemplateResponse(request, "admin/token/made.html", context)
        return TemplateResponse(request, "admin/ask.html", context)

    def made(self, request: HttpRequest, asked: dict[str, Any]) -> str:
        """A new token's text."""
        by = request.user
        assert isinstance(by, User)
        _token, text = make_token(
            user=asked["user"],
            label=asked["label"],
            expires_at=timezone.now() + timedelta(days=asked["days"]),
            by=by,
            reason=asked["reason"],
        )
        return text

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, then revoke."""
        token = get_object_or_404(ApiToken.objects.filter(revoked_at=None), pk=pk)
        if not request.user.has_perm("accounts.change_apitoken"):
            raise PermissionDenied
        return ask(
            request,
            self.admin_site,
            title="Revoke token",
            words=f"{token} of {token.user} stops working at once.",
            back=reverse("admin:accounts_apitoken_changelist"),
            does=partial(self.end, request, token),
        )

    def end(self, request: HttpRequest, token: ApiToken, reason: str) -> str:
        """Revoke one token."""
        by = request.user
        assert isinstance(by, User)
        revoke_token(token=token, by=by, reason=reason, at=timezone.now())
        return f"{token} is revoked."
