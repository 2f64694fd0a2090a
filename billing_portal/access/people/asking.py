"""A page that asks why before it does one thing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Reason",
        help_text="Kept in the history. No patient data.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )


def ask(
    request: HttpRequest,
    site: admin.AdminSite,
    *,
    title: str,
    words: str,
    back: str,
    does: Callable[[str], str],
) -> HttpResponse:
    """Show the question; once it is answered, do it and go back saying what was done."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, does(form.cleaned_data["reason"]))
        return redirect(back)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": title,
        "words": words,
        "form": form,
        "back": back,
    }
    return TemplateResponse(request, "admin/ask.html", context)
