"""What the next case is found by."""

from datetime import date
from decimal import Decimal

import factory

from billing_portal.access.actor import system_actor
from cases.priority.models import (
    Band,
    Capacity,
    CaseRank,
    OverturnRate,
    Skill,
    Skip,
    SkipReason,
    Weighting,
)
from tests.factories.base import Made
from tests.factories.cases import OPENED, CaseFactory, QueueFactory
from tests.factories.people import PersonFactory


class WeightingFactory(Made):
    """The house's weights once more."""

    class Meta:
        model = Weighting

    number = factory.Sequence(lambda n: n + 2)
    reason = "For a test"
    weighed_by = factory.LazyFunction(lambda: system_actor("tests"))


class OverturnRateFactory(Made):
    """Every second denial of a category is overturned."""

    class Meta:
        model = OverturnRate

    category = factory.Sequence(lambda n: f"CATEGORY-{n}")
    decided = 10
    overturned = 5
    rate = Decimal("0.5")


class CaseRankFactory(Made):
    """The rank of a finished case, which has none by itself."""

    class Meta:
        model = CaseRank

    case = factory.SubFactory(
        CaseFactory, status="resolved", disposition="duplicate", resolved_at=OPENED
    )
    queue = factory.SelfAttribute("case.queue")
    facility = factory.SelfAttribute("case.facility")
    status = factory.SelfAttribute("case.status")
    is_claimable = False
    band = Band.SCORE
    score = Decimal("12.5")
    due_at = OPENED
    expected = Decimal("50.00")
    likelihood = Decimal("0.5")
    likelihood_from = "weights"
    cost = Decimal("45.00")
    basis = 0


class SkillFactory(Made):
    """Somebody can work authorizations."""

    class Meta:
        model = Skill

    person = factory.SubFactory(PersonFactory)
    category = "AUTH"


class CapacityFactory(Made):
    """Ten at a time."""

    class Meta:
        model = Capacity

    person = factory.SubFactory(PersonFactory)
    queue = factory.SubFactory(QueueFactory)
    cases = 10


class SkipFactory(Made):
    """Somebody passed a case over."""

    class Meta:
        model = Skip

    case = factory.SubFactory(CaseFactory)
    person = factory.SubFactory(PersonFactory)
    queue = factory.SelfAttribute("case.queue")
    reason = SkipReason.NO_ACCESS
    on = date(2026, 3, 2)
