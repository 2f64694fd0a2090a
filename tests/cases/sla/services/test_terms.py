from dataclasses import replace

import pytest

from cases.sla.clock_rules import Terms
from cases.sla.models import ClockTerms
from cases.sla.services.terms import term_ids, terms_by_id
from cases.sla.vocabulary import PauseReason, Unit
from tests.factories.cases import CalendarFactory

pytestmark = pytest.mark.django_db


def test_terms_are_written_once_and_read_back_the_same():
    calendar = CalendarFactory()
    terms = Terms(2, Unit.BUSINESS_HOURS, calendar.pk, "UTC", frozenset({PauseReason.PAYER}), 3)
    other = replace(terms, pauses=frozenset(PauseReason))

    ids = term_ids([terms, other, terms])

    assert term_ids([other, terms]) == ids
    assert terms_by_id(ids.values()) == {pk: each for each, pk in ids.items()}
    assert ClockTerms.objects.count() == 2


def test_no_terms_are_no_rows():
    assert term_ids([]) == {}
