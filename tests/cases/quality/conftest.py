"""The house that quality is tested in."""

import pytest

from tests.house import House


@pytest.fixture
def house(db) -> House:
    return House.built()
