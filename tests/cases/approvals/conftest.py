"""A case of $480, and people of every role who see it."""

import pytest

from tests.factories.approvers import approvers
from tests.factories.cases import CaseFactory


@pytest.fixture(autouse=True)
def effects(carried_out):
    """Here everything granted is carried out."""


@pytest.fixture
def case(db):
    return CaseFactory(amount_at_risk="480.00")


@pytest.fixture
def somebody(case):
    return approvers(case)


@pytest.fixture
def requester(somebody):
    return somebody("denial_specialist")
