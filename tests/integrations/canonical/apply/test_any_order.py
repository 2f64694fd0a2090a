"""Remittances in any order, split or joined, once or often, end in the same records."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.integrations import SourceFactory
from tests.generators.remit import Clp, Remit
from tests.integrations.canonical.apply.state import check_deferred, state
from tests.integrations.conftest import Door

NUMBERS, CHARGES = ("A1", "A2", "A3"), ("100.00", "80.00")
CUTS = ((), (("CO", "45", "20.00"),), (("CO", "197", "80.00"),))

claims = st.builds(
    lambda number, charge, cuts, icn, is_reversal, provider: replace(
        Clp(number, Decimal(charge), cuts=cuts, icn=icn, member="M1", provider=provider),
        status="22" if is_reversal else "1",
    ),
    st.sampled_from(NUMBERS),
    st.sampled_from(CHARGES),
    st.sampled_from(CUTS),
    st.sampled_from(["", "ICN1", "ICN2"]),
    st.booleans(),
    st.sampled_from(["", "1999999984"]),
)
remits = st.lists(
    st.tuples(st.lists(claims, min_size=1, max_size=4), st.integers(1, 3)), min_size=1, max_size=4
).map(
    lambda drawn: [
        Remit(f"T{n}", members, paid_on=date(2026, month, 10))
        for n, (members, month) in enumerate(drawn)
    ]
)


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(remits, st.data())
def test_the_end_state_depends_on_the_set_alone(db, sent, data):
    shuffled = data.draw(st.permutations([*sent, *data.draw(st.lists(st.sampled_from(sent)))]))
    reordered = [
        replace(remit, claims=data.draw(st.permutations(remit.claims))) for remit in shuffled
    ]
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(reordered) - 1, 1)), max_size=3)))
    files = [
        reordered[start:end]
        for start, end in zip([0, *cuts], [*cuts, len(reordered)], strict=True)
        if reordered[start:end]
    ]

    assert outcome([sent]) == outcome(files)


def outcome(files: list[list[Remit]]) -> dict[str, list[str]]:
    """The records after taking these files in, in a world of their own."""
    with transaction.atomic():
        door = Door(SourceFactory())
        for remits in files:
            door.takes(*remits)
        check_deferred()
        found = state()
        transaction.set_rollback(True)
    return found
