"""The house that these tests look at through a browser's eyes."""

import pytest

from tests.house import House
from tests.pages import Reader


@pytest.fixture
def house(db) -> House:
    return House.built()


@pytest.fixture
def specialist(house):
    return house.person("denial_specialist", username="specialist", full_name="Sam Specialist")


@pytest.fixture
def reader(specialist) -> Reader:
    """The specialist, signed in."""
    return Reader.of(specialist)
