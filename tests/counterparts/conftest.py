"""A real Tryton for a session, in an environment, a cluster and processes of its own."""

import shutil

import pytest

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.tryton.shelf import free_port
from tests.counterparts.erp import People, real_tryton
from tests.faults.proxy import Proxy

HERE = "tests/counterparts/"


def pytest_collection_modifyitems(items):
    """All of it is slow: a Tryton is built at the first need."""
    for item in items:
        if HERE in item.nodeid:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def tryton(tmp_path_factory):
    """One server with filled books; see ``real_tryton``."""
    folder = tmp_path_factory.mktemp("tryton")
    folder.chmod(0o711)
    made = real_tryton(PortalHome(folder), free_port())
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
