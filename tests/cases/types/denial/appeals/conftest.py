"""A denial, and somebody who works it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cases.types.denial.appeals import services
from cases.types.denial.appeals.models import Ground
from cases.types.denial.appeals.terms import Due, Grounds
from tests.factories.cases import CaseFactory
from tests.factories.people import granted

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@pytest.fixture
def case(db):
    return CaseFactory()


@pytest.fixture
def worker(case):
    return granted(queues=[case.queue], facilities=[case.facility])


@pytest.fixture
def open_one(worker):
    """Opens the next level of a case's appeal."""

    def opened(case, *, amount=Decimal("60.00"), due=None):
        grounds = Grounds(Ground.AUTHORIZATION, amount, "It was authorized.")
        return services.open_appeal(
            case=case, by=worker, grounds=grounds, due=due or Due(), reason="To be paid"
        )

    return opened


@pytest.fixture
def appeal(case, open_one):
    return open_one(case)
