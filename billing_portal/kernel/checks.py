"""System checks: what is tracked is guarded, as far as it can be told without a database.

`billing_portal.kernel.catalogue` compares the models with the database itself.
"""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 -- Django's name
from django.db import models
from django.db.migrations.loader import MigrationLoader

from billing_portal.kernel.models.bases import AppendOnlyModel
from billing_portal.kernel.models.guards import AppendOnly, GuardOperation, Track


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


@register(deploy=True)
def every_promise_has_its_migration(**_options: Any) -> list[CheckMessage]:
    """Each tracked model has a `Track`, each append-only one an `AppendOnly` in some migration.

    A warning, since the model comes first and its migration after; a test lets none remain. Run by
    `check --deploy`, since it reads every migration.
    """
    told = guard_operations()
    wanted: list[tuple[type[GuardOperation], type[models.Model]]] = [
        *((Track, model) for model in tracked_models()),
        *((AppendOnly, model) for model in append_only_models()),
    ]
    return [
        Warning(
            f"No migration guards {model._meta.label}.",
            hint=f'Add {guard.__name__}("{model._meta.app_label}", "{model.__name__}") to one.',
            id="kernel.W001",
        )
        for guard, model in wanted
        if (guard, model._meta.label_lower) not in told
    ]


def guard_operations() -> set[tuple[type[GuardOperation], str]]:
    """Which guards the migrations put on which models."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return {
        (type(operation), f"{operation.app_label}.{operation.model}".lower())
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, GuardOperation)
    }
