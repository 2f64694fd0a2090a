"""System checks: what is tracked is guarded, as far as it can be told without a database."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from billing_portal.kernel.models.bases import AppendOnlyModel


def tracked_models() -> list[type[models.Model]]:
    """The models that keep history."""
    return [m for m in apps.get_models() if hasattr(m._meta, "simple_history_manager_attribute")]


def append_only_models() -> list[type[models.Model]]:
    """The models whose rows are facts."""
    return [model for model in apps.get_models() if issubclass(model, AppendOnlyModel)]


@register()
def not_both(**_options: Any) -> list[CheckMessage]:
    """A fact has no history: it never changes."""
    both = set(tracked_models()) & set(append_only_models())
    return [
        Error(f"{m._meta.label} is both tracked and append-only.", id="kernel.E001") for m in both
    ]
