"""`manage.py migrate`: as the owner of the tables, which the application's role is not."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from billing_portal.access.services import sync_roles
from billing_portal.settings.database import credentials


class Command(DjangoMigrate):
    """Django's own, connected by `DATABASE_OWNER_URL`; then roles are made to say what code says."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Swap the credentials for the length of the migration."""
        connection = connections[options["database"]]
        owner = credentials(settings.DATABASE_OWNER_URL)
        held = {key: connection.settings_dict.get(key, "") for key in CREDENTIALS}
        kept_name = {"NAME": held["NAME"]}
        connection.close()
        connection.settings_dict.update(
            {key: owner.get(key, "") for key in CREDENTIALS} | kept_name
        )
        try:
            super().handle(*args, **options)
            if not (options.get("plan") or options.get("check_unapplied") or options["app_label"]):
                sync_roles()
        finally:
            connection.close()
            connection.settings_dict.update(held)
