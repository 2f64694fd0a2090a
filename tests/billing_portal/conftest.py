"""The database seen by both of its roles."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from billing_portal.access.actor import acting, system_actor
from billing_portal.accounts.models import User
from billing_portal.settings.database import credentials


@pytest.fixture(params=["application", "owner"])
def role(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """The test runs once as the application's role and once as the owner of the tables."""
    if request.param == "application":
        yield request.param
    else:
        yield from as_owner()


@pytest.fixture
def owner(db: None) -> Iterator[str]:
    """The test runs as the owner of the tables."""
    yield from as_owner()


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


@pytest.fixture
def settle() -> Callable[[], None]:
    """Ask now what the database would ask at the end of the transaction."""

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    return ask


@pytest.fixture
def by(db: None) -> User:
    """Who acts in a test."""
    return system_actor("tests")


@pytest.fixture
def for_a_test(by: User) -> Iterator[None]:
    """What a library saves is for a test."""
    with acting(by=by, reason="For a test"):
        yield
