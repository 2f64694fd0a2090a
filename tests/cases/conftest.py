"""What tests of cases in every package may ask for."""

import pytest

from cases.effects.kinds import EFFECTS
from tests.factories.approvers import carrying_out


@pytest.fixture
def carried_out(monkeypatch):
    """What is granted ends its case; what is booked for it, its case type's own tests show."""
    monkeypatch.setattr(EFFECTS, "_held", carrying_out())
