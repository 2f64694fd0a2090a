"""The tests' database as the owner of its tables sees it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections, transaction

from billing_portal.settings.database import credentials


@contextmanager
def as_owner() -> Iterator[str]:
    """Swap Django's connection for one of the owner's, and undo all that it did."""
    held = connections["default"]
    owners = connections.create_connection("default")
    owners.settings_dict = {**held.settings_dict, **credentials(settings.DATABASE_OWNER_URL)}
    connections["default"] = owners
    try:
        with transaction.atomic():
            yield "owner"
            transaction.set_rollback(True)
    finally:
        owners.close()
        connections["default"] = held
