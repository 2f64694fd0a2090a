"""The parts of a denial, and what keeps it whole."""

from decimal import Decimal

import pytest

from cases.types.denial.appeals.lifecycle import AppealStatus
from cases.types.denial.dividing import engaged, items_of
from cases.work.types import Engaged
from tests.factories.appeals import AppealFactory
from tests.factories.cases import CaseFactory
from tests.factories.joining import denied

pytestmark = pytest.mark.django_db


def test_each_line_is_a_part_with_its_amount_and_codes():
    case = denied("100.00", "50.00", codes=["CO-197", "CO-50"])

    first, second = items_of(case.key)

    assert (first.words, first.codes, first.amount) == ("99281", "CO-197", Decimal("100.00"))
    assert (second.words, second.codes, second.amount) == ("99282", "CO-50", Decimal("50.00"))
    assert first.key.startswith(f"{case.claim_id}:line|99281|")


def test_an_open_appeal_keeps_a_case_as_it_is(django_assert_num_queries):
    appealed, free = AppealFactory(status=AppealStatus.DRAFT).case, CaseFactory()

    with django_assert_num_queries(2):
        found = engaged([appealed.pk, free.pk])

    assert found == {appealed.pk: Engaged.APPEAL}
