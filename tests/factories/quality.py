"""Weights, draws and samples."""

from datetime import date, timedelta
from decimal import Decimal

import factory

from cases.quality.models import QaDraw, QaSample, WorkWeight
from cases.quality.sampling import Method
from tests.factories.base import Made
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory


class WorkWeightFactory(Made):
    """Twice the work of an ordinary case."""

    class Meta:
        model = WorkWeight

    case_type = "denial"
    category = factory.Sequence(lambda n: f"CATEGORY{n}")
    weight = Decimal(2)


class QaDrawFactory(Made):
    """A day's draw."""

    class Meta:
        model = QaDraw

    on = factory.Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n))
    seed = "test"
    population = 1
    amount = Decimal("100.00")


class QaSampleFactory(Made):
    """A case that somebody finished and nobody looked at."""

    class Meta:
        model = QaSample

    draw = factory.SubFactory(QaDrawFactory)
    case = factory.SubFactory(CaseFactory)
    method = Method.CHANCE
    resolver = factory.SubFactory(PersonFactory)
    disposition = "duplicate"
