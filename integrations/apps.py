"""The integrations as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Loads the connectors that `integrations.connectors` lists."""

    name = "integrations"
    label = "integrations"

    def ready(self) -> None:
        from integrations.connectors import INSTALLED
        from integrations.ports.protocols import CONNECTORS

        for path in INSTALLED:
            module, _, name = path.rpartition(".")
            CONNECTORS.register(getattr(import_module(module), name))
