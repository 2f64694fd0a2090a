from collections import Counter
from datetime import date

import pytest

from cases.intake.denials import count_denials, is_denied
from cases.types.denial.loading import code_map
from integrations.ports.totals import Shape

DAY = date(2026, 2, 10)


def shape(*adjustments, is_paid=False, on=DAY):
    return Shape(on, is_paid, adjustments)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("adjustments", "expected"),
    [
        (["CO-197"], True),
        (["OA-197"], True),
        (["PI-197"], True),
        (["CO-45"], False),
        (["CO-45", "CO-197"], True),
        (["PR-1"], False),
        (["PR-197"], True),
        (["CR-197"], False),
        (["CO-ZZ9"], False),
        ([], False),
    ],
)
def test_a_claim_is_denied_by_its_adjustments_alone(adjustments, expected):
    codes = code_map()

    assert is_denied(shape(*adjustments), codes) is expected
    assert is_denied(shape(*adjustments, is_paid=True), codes) is expected
    assert is_denied(shape(*adjustments, on=None), codes) is expected


@pytest.mark.django_db
def test_what_was_paid_makes_it_whole_or_partial():
    counts = count_denials(
        Counter(
            {
                shape("CO-197"): 3,
                shape("CO-197", is_paid=True): 2,
                shape("CO-45"): 7,
            }
        )
    )

    assert (counts.whole, counts.partial) == (3, 2)
