"""The database seen by both of its roles."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from billing_portal.access.actor import acting, system_actor
from billing_portal.accounts.models import User
from tests.owner import as_owner


@pytest.fixture(params=["application", "owner"])
def role(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """The test runs once as the application's role and once as the owner of the tables."""
    if request.param == "application":
        yield request.param
    else:
        with as_owner() as owner:
            yield owner


@pytest.fixture
def owner(db: None) -> Iterator[str]:
    """The test runs as the owner of the tables."""
    with as_owner() as owner:
        yield owner


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
