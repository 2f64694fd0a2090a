"""A ledger behind a proxy that goes wrong."""

import pytest
from django.db import connections

from billing_portal.embedded.home import PortalHome
from tests.cluster import TestCluster
from tests.faults.proxy import Proxy
from tests.integrations.connectors.sandbox.process import Process


@pytest.fixture
def server(tmp_path_factory, django_db_blocker, settings):
    """A server of its own, since it is going to be killed."""
    folder = tmp_path_factory.mktemp("killed")
    folder.chmod(0o711)
    with django_db_blocker.unblock():
        made = TestCluster(PortalHome(folder))
        made.renew()
        yield made
        connections.close_all()
        made.remove()


@pytest.fixture
def sandbox(tmp_path):
    made = Process(tmp_path).start()
    yield made
    made.stop()


@pytest.fixture
def proxy(sandbox):
    made = Proxy(sandbox.port, seed=835).start()
    yield made
    made.stop()
