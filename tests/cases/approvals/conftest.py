"""A case of $480, and people of every role who see it."""

import pytest

from cases.effects.kinds import EFFECTS
from tests.factories.approvers import approvers, carrying_out
from tests.factories.cases import CaseFactory


@pytest.fixture(autouse=True)
def effects(monkeypatch):
    """What is granted ends its case; what is booked for it, its case type's own tests show."""
    monkeypatch.setattr(EFFECTS, "_held", carrying_out())


@pytest.fixture
def case(db):
    return CaseFactory(amount_at_risk="480.00")


@pytest.fixture
def somebody(case):
    return approvers(case)


@pytest.fixture
def requester(somebody):
    return somebody("denial_specialist")
