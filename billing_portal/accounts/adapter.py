"""What django-allauth is told of our sign-in, and what we write down of it."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.actor import acting

STRANGERS = "source:sign-in"
SECOND_FACTOR = "mfa/email/"


def note(verb: str, user: User, reason: str, **facts: Any) -> None:
    """Write down what somebody did about their own sign-in."""
    audit.record(
        chain=f"user:{user.pk}",
        verb=verb,
        subject=f"user:{user.pk}",
        by=user,
        reason=reason,
        **facts,
    )


class PortalAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators; whatever happens at the sign-in is on record."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in, after every factor."""
        super().login(request, user)
        assert isinstance(user, User)
        note("user.signed_in", user, "Signed in")

    def logout(self, request: HttpRequest) -> None:
        """Sign out."""
        user = request.user
        super().logout(request)
        assert isinstance(user, User)
        note("user.signed_out", user, "Signed out")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note the attempt on the account's chain, or with the strangers; never what was typed."""
        told = [str(credentials.get(name) or "") for name in ("username", "email")]
        by_name = Q(username__iexact=told[0]) | Q(email__iexact=told[1] or told[0])
        user = User.objects.filter(by_name).order_by("pk").first() if any(told) else None
        audit.record(
            chain=f"user:{user.pk}" if user else STRANGERS,
            verb="user.sign_in_failed",
            subject=f"user:{user.pk if user else 'unknown'}",
            by=User.objects.system("sign-in"),
            reason="Wrong name or password",
        )

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A new password, by its owner."""
        assert isinstance(user, User)
        with acting(by=user, reason="Set a new password"):
            super().set_password(user, password)
        note("user.password_set", user, "Set a new password")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Called after every change of a second factor: write it down, and mail if mail is on."""
        if template_prefix.startswith(SECOND_FACTOR):
            assert isinstance(user, User)
            change = template_prefix.removeprefix(SECOND_FACTOR)
            note("user.second_factor_changed", user, "Changed a second factor", change=change)
        super().send_notification_mail(template_prefix, user, context, email)
