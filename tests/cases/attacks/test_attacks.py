"""Nobody moves money alone, however they try: counted attempts, and what the database says then.

Attempts are drawn from a seed that a failure names: `Siege(cast, seed)` repeats it.
"""

import pytest
from django.db import connection

from billing_portal.audit.queries import verify
from tests.cases.attacks.invariants import broken
from tests.cases.attacks.siege import Siege

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 20_261_121


def besiege(cast, *, seed: int, attempts: int) -> Siege:
    """So many attacks at least."""
    siege = Siege(cast, seed)
    while siege.attempts < attempts:
        siege.life()
    return siege


def assert_held(siege: Siege) -> None:
    """Nothing came of any attack, honest people were let through, and the books say the same."""
    assert siege.wrong == [], f"seed {siege.seed}"
    with connection.cursor() as cursor:
        assert broken(cursor) == {}, f"seed {siege.seed}"
    assert verify().is_clean


def test_a_hundred_and_fifty_attacks_come_to_nothing(cast):
    siege = besiege(cast, seed=SEED, attempts=150)

    assert_held(siege)
    assert siege.granted.total() >= 5


@pytest.mark.slow
def test_two_thousand_attacks_come_to_nothing(cast):
    siege = besiege(cast, seed=SEED + 1, attempts=2_000)

    assert_held(siege)
    assert siege.granted.total() >= 60
    assert len(siege.tried) > 120
