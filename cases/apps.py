"""The cases as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Loads the case types, the kinds of jobs and the books that are installed."""

    name = "cases"
    label = "cases"

    def ready(self) -> None:
        from cases import editions, jobs, types
        from cases.editions.books import BOOKS
        from cases.jobs.kinds import JOBS
        from cases.work.types import CASE_TYPES

        for path in types.INSTALLED:
            CASE_TYPES.register(import_module(path).CASE_TYPE)
        for path in jobs.INSTALLED:
            JOBS.register(import_module(path).JOB)
        for path in editions.INSTALLED:
            BOOKS.register(import_module(path).BOOK)
