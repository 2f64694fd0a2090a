"""A case, somebody who works it, and a file store of one's own."""

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.people import granted


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def case(db):
    return CaseFactory()


@pytest.fixture
def worker(case):
    return granted(queues=[case.queue], facilities=[case.facility])
