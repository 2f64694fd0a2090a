"""What every test may ask for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase

from tests.cluster import TestCluster, samples

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def cluster(django_db_blocker: Any) -> TestCluster:
    """This worker's PostgreSQL, with a migrated template."""
    with django_db_blocker.unblock():
        made = TestCluster(os.environ.get("PYTEST_XDIST_WORKER", "main"))
        made.build_template()
    return made


@pytest.fixture(scope="session")
def django_db_setup(cluster: TestCluster, django_db_blocker: Any) -> Iterator[None]:
    """A clone of the template instead of Django's own test database."""
    with django_db_blocker.unblock():
        cluster.renew()
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(autouse=True)
def _renew_instead_of_flush(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a test that commits, the next one gets a fresh clone: nothing here can be truncated."""

    def renew(_self: TransactionTestCase) -> None:
        request.getfixturevalue("cluster").renew()

    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", renew)


@pytest.fixture
def samples_folder() -> Path:
    """The foreign sample files; without them the test is reported as not run."""
    found = samples()
    if found is None:
        pytest.skip("The sample files are not here: set PORTAL_SAMPLES.")
    return found


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests need Chromium; where it is missing they are reported, and on CI they fail."""
    if Path(CHROMIUM).exists() or os.environ.get("CI"):
        return
    missing = pytest.mark.skip(reason="Not run: needs Chromium (apt-get install -y chromium).")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(missing)
