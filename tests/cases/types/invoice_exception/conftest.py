"""What tests of invoice exceptions may ask for."""

import pytest

from tests.cases.types.invoice_exception.world import World


@pytest.fixture
def world(db):
    return World()
