"""The integrations as a Django app."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Loads the connectors and targets that `integrations.connectors` lists."""

    name = "integrations"
    label = "integrations"

    def ready(self) -> None:
        from integrations.connectors import INSTALLED, INSTALLED_TARGETS
        from integrations.ports.commands import TARGETS
        from integrations.ports.protocols import CONNECTORS

        for path in INSTALLED:
            CONNECTORS.register(named(path))
        for path in INSTALLED_TARGETS:
            TARGETS.register(named(path))


def named(path: str) -> Any:
    """What stands under a dotted path."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)
