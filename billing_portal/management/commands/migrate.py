"""`manage.py migrate`: as the owner of the tables, which the application's role is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from billing_portal.access.services import sync_roles
from billing_portal.settings.database import credentials


@contextmanager
def as_owner(alias: str) -> Iterator[None]:
    """Connect by `DATABASE_OWNER_URL` meanwhile, to the database that the alias names.

    A migration may take its time, but waits for a lock no longer than anybody else.
    """
    connection = connections[alias]
    held = dict(connection.settings_dict)
    owner = credentials(settings.DATABASE_OWNER_URL)
    connection.close()
    connection.settings_dict.update(owner | {"NAME": held["NAME"]})
    connection.settings_dict["OPTIONS"] = held["OPTIONS"] | {"options": "-c lock_timeout=5s"}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(held)


class Command(DjangoMigrate):
    """Django's own; after the last migration the roles are made to hold what the code says."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner."""
        only_looks = options["plan"] or options["check_unapplied"]
        with as_owner(options["database"]):
            super().handle(*args, **options)
            if not only_looks and not options["app_label"]:
                sync_roles()
