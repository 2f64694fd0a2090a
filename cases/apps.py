"""The cases as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Loads the case types that `cases.types` lists."""

    name = "cases"
    label = "cases"

    def ready(self) -> None:
        from cases.types import INSTALLED
        from cases.work.types import CASE_TYPES

        for path in INSTALLED:
            CASE_TYPES.register(import_module(path).CASE_TYPE)
