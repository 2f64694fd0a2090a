from dataclasses import replace
from datetime import date

import pytest

from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.types.denial.remedies import remedy_of
from tests.factories.cases import denial_details

PAID, SERVED = date(2026, 3, 1), date(2026, 1, 10)


def remedy(**fields):
    return remedy_of(replace(denial_details(), **fields))


@pytest.mark.parametrize(
    ("may_appeal", "clock_type"),
    [(True, ClockType.APPEAL_1), (False, ClockType.CORRECTED_CLAIM)],
)
def test_what_may_be_appealed_has_an_appeals_limit_and_the_rest_a_corrected_claims(
    may_appeal, clock_type
):
    assert remedy(appeal_allowed=may_appeal).clock_type == clock_type


def test_it_counts_from_the_remittance_or_the_service():
    found = remedy(paid_on=PAID, service_from=SERVED)

    assert found.dates == {BaseEvent.NOTICE: PAID, BaseEvent.SERVICE: SERVED}


def test_a_day_that_is_not_known_is_no_base():
    assert remedy(paid_on=None, service_from=None).dates == {}
