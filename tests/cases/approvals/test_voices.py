"""How far a voice reaches."""

from decimal import Decimal

import pytest

from cases.approvals.voices import Limit, Voice, limit_of


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ([], None),
        ([(False, None, 100), (False, None, 200)], 200),
        ([(False, None, 500), (False, "write_off", 200)], 200),
        ([(True, None, 50), (False, None, 200)], 50),
        ([(True, "patient_refund", 50), (False, None, 200)], 200),
    ],
)
def test_ones_own_limit_counts_before_the_roles_and_the_matters_before_any(limits, most):
    held = tuple(Limit(mine, matter, "USD", Decimal(amount)) for mine, matter, amount in limits)
    voice = Voice(1, "user:1", "One", frozenset(), held, True)

    found = limit_of(voice, "write_off", "USD")

    assert found == (None if most is None else Decimal(most))
    assert limit_of(voice, "write_off", "EUR") is None
