"""A real Tryton for a session, in an environment, a cluster and processes of its own."""

import os
import shutil

import pytest

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.tryton.shelf import NotInstalled, free_port, tryton_of
from tests.counterparts.erp import People
from tests.faults.proxy import Proxy

HERE = "tests/counterparts/"


def pytest_collection_modifyitems(items):
    """All of it is slow: a Tryton is built at the first need."""
    for item in items:
        if HERE in item.nodeid:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def tryton(tmp_path_factory):
    """One server with filled books; where it cannot be had the test is reported, on CI it fails."""
    folder = tmp_path_factory.mktemp("tryton")
    folder.chmod(0o711)
    try:
        made = tryton_of(PortalHome(folder), free_port())
    except NotInstalled as missing:
        words = f"Not run: needs a real Tryton. {missing}"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(words)
        pytest.skip(words)
    try:
        yield made.start()
    finally:
        made.stop()
        shutil.rmtree(made.cluster.data)


@pytest.fixture
def people(tryton):
    """Whoever works in Tryton beside us; the server is up, whatever the test before did to it."""
    return People(tryton.start())


class ByTurns(Proxy):
    """Goes wrong at the calls that it is told of, one after the other."""

    turns = ()

    def chosen(self):
        mode, *self.turns = self.turns or [super().chosen()]
        return mode


@pytest.fixture
def proxy(tryton):
    """Between us and Tryton."""
    made = ByTurns(tryton.port).start()
    yield made
    made.stop()
