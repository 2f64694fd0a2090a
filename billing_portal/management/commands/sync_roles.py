"""`manage.py sync_roles`: make the groups hold what the role classes say, as `migrate` does."""

from typing import Any

from django.core.management.base import BaseCommand

from billing_portal.access.roles import ROLES
from billing_portal.access.services import sync_roles


class Command(BaseCommand):
    """Safe to run at any time; changes are audited."""

    help = "Make each role's group hold just the permissions that its class says."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Sync."""
        sync_roles()
        self.stdout.write(f"{len(ROLES)} roles hold what their classes say.")
