"""The reader's own settings, and the keyboard map."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from billing_portal.access.web import reader_of
from billing_portal.accounts import preferences
from billing_portal.accounts.models import KeyboardMode
from billing_portal.kernel.pure.errors import DomainError
from cases.web.forms import SettingsForm
from cases.web.keymap import KEYMAP

MODES = {
    KeyboardMode.ON: "Single keys are on.",
    KeyboardMode.ALT: "Press each key together with Alt.",
    KeyboardMode.OFF: "Single keys are off; Ctrl K and Ctrl Enter still work.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Theme, keyboard and time zone."""
    reader = reader_of(request)
    held = {
        name: getattr(reader, name) for name in ("theme", "keyboard_mode", "time_zone", "version")
    }
    form = SettingsForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        try:
            preferences.prefer(user=reader, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your settings are saved.")
            return redirect("cases:settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "cases/settings.html", {"form": form}, status=status)


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Which key does what."""
    mode = MODES[KeyboardMode(reader_of(request).keyboard_mode)]
    return render(request, "cases/keys.html", {"groups": KEYMAP, "mode_words": mode})
