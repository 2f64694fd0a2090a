import pytest

from tests.integrations.connectors.sandbox.process import Process


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    made = Process(tmp_path_factory.mktemp("sandbox"), secret="s3cret").start()
    yield made
    made.stop()


@pytest.fixture
def sandbox(running):
    """The sandbox with all periods open and nothing that is to go wrong."""
    running.tell("fail", times=0)
    running.ask("close", {"through": None})
    return running
