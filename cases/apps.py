"""The cases as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Loads the case types and the kinds of jobs that are installed."""

    name = "cases"
    label = "cases"

    def ready(self) -> None:
        from cases import jobs, types
        from cases.jobs.kinds import JOBS
        from cases.work.types import CASE_TYPES

        for path in types.INSTALLED:
            CASE_TYPES.register(import_module(path).CASE_TYPE)
        for path in jobs.INSTALLED:
            JOBS.register(import_module(path).JOB)
