"""What a case's page shows of its type alone."""

from datetime import date
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from cases.types.deposit_variance.details import DepositDetails
from cases.types.deposit_variance.vocabulary import KEY, Gap
from cases.web.presenters import shown_money
from cases.web.typeparts import part_of
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def test_a_deposit_variance_shows_both_halves_and_what_is_apart():
    day, remitted, deposited = date(2026, 2, 2), Decimal("1234.56"), Decimal("1225.56")
    details = DepositDetails(
        "d", Gap.OTHER_AMOUNT.value, "T1", day, remitted, day, deposited, ("B-1", "B-2"), day
    )
    case = CaseFactory(case_type=KEY, details=details.as_json())

    part = part_of(case, reader=PersonFactory())
    said = render_to_string(part.template, {"page": {"part": part}})

    for amount in (remitted, deposited, Decimal("9.00")):
        assert shown_money(amount, "USD") in said
    assert "B-1, B-2" in said


def test_a_type_without_a_part_of_its_own_shows_none():
    assert part_of(CaseFactory(), reader=PersonFactory()) is None
