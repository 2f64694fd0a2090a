"""A case in a queue, and somebody who works it."""

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.people import granted


@pytest.fixture
def case(db):
    return CaseFactory()


@pytest.fixture
def worker(case):
    return granted(queues=[case.queue], facilities=[case.facility])
