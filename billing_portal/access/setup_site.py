"""The set-up pages: Django's admin behind the portal's own sign-in."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from billing_portal.access.reasoned_admin import ReadOnlyModelAdmin, ReasonedModelAdmin

OURS = (ReasonedModelAdmin, ReadOnlyModelAdmin)
NOT_YOURS = "Your role does not enter set-up. A user administrator can change that."
ENROL = "Set-up pages need a second factor. Add one here, then go back to them."


class SetUpSite(admin.AdminSite):
    """For people whose role enters set-up and who signed in with a second factor.

    There is one sign-in, with its lock-out and its second factor, so admin has none of its own.
    """

    site_title = "Set-up · Billing Portal"
    site_header = "Billing Portal"
    index_title = "All that can be set up"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take the portal's own pages alone: a library's know neither reason nor scope."""
        if admin_class is not None and issubclass(admin_class, OURS):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """A person, active, whose role enters set-up, and with a second factor."""
        return may_enter(request.user) and not lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send strangers to the sign-in, others to what they lack."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", request.path))
        if not may_enter(request.user):
            raise PermissionDenied(NOT_YOURS)
        if lacks_second_factor(request):
            messages.info(request, ENROL)
            return redirect("mfa_index")
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The portal's own page for it."""
        return redirect("account_change_password")


def may_enter(user: Any) -> bool:
    """Whether this is an active person whose role enters set-up."""
    return bool(user.is_active and user.is_staff)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the person has enrolled none, where one is asked for. Looked up once a request."""
    if not settings.SETUP_NEEDS_SECOND_FACTOR:
        return False
    kept: dict[str, bool] = request.user.__dict__.setdefault("_second_factor", {})
    if "lacks" not in kept:
        kept["lacks"] = not is_mfa_enabled(request.user)
    return kept["lacks"]
