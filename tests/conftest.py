"""What every test may ask for."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from billing_portal.embedded.home import CHECKOUT, PortalHome
from tests.cluster import TestCluster

gc.set_threshold(20_000, 50, 100)  # thousands of tests are held: to go through them takes long
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def cluster(django_db_blocker: Any) -> Iterator[TestCluster]:
    """This worker's PostgreSQL, with a migrated template."""
    with django_db_blocker.unblock():
        made = TestCluster(PortalHome(settings.PORTAL_HOME))
    yield made
    with django_db_blocker.unblock():
        made.remove()


@pytest.fixture(scope="session")
def django_db_setup(cluster: TestCluster, django_db_blocker: Any) -> Iterator[None]:
    """A clone of the template instead of Django's own test database.

    After a test that commits the next one gets a fresh clone: nothing here can be truncated.
    """

    def renew(_test: TransactionTestCase) -> None:
        cluster.renew()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", renew)
        with django_db_blocker.unblock():
            cluster.renew()
        yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def samples_folder() -> Path:
    """The foreign sample files; without them the test is reported as not run."""
    found = Path(os.environ.get("PORTAL_SAMPLES") or CHECKOUT.parent / "shared" / "samples")
    if not found.is_dir():
        pytest.skip("The sample files are not here: set PORTAL_SAMPLES.")
    return found


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Browser tests need Chromium; where it is missing they are reported, and on CI they fail."""
    if "browser" not in item.keywords or Path(CHROMIUM).exists():
        return
    missing = "Not run: needs Chromium. Install it: apt-get install -y chromium"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(missing)
    pytest.skip(missing)
