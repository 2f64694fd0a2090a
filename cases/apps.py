"""The cases as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Loads the case types, their effects, the kinds of jobs and the books that are installed."""

    name = "cases"
    label = "cases"

    def ready(self) -> None:
        from cases import editions, effects, jobs, types
        from cases.editions.books import BOOKS
        from cases.effects.kinds import EFFECTS
        from cases.jobs.kinds import JOBS
        from cases.work.types import CASE_TYPES

        for path in types.INSTALLED:
            package = import_module(path)
            CASE_TYPES.register(package.CASE_TYPE)
            for kind in getattr(package, "EFFECTS", ()):
                EFFECTS.register(kind)
        for path in effects.INSTALLED:
            for kind in import_module(path).EFFECTS:
                EFFECTS.register(kind)
        for path in jobs.INSTALLED:
            JOBS.register(import_module(path).JOB)
        for path in editions.INSTALLED:
            BOOKS.register(import_module(path).BOOK)
