"""A dated row holds from its first day on and no longer on its last one."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from billing_portal.kernel.models.dated import in_force
from cases.types.payment_variance.models import ContractRate
from tests.factories.contracts import ContractRateFactory

pytestmark = pytest.mark.django_db
FIRST, AFTER = date(2026, 1, 1), date(2026, 4, 1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "holds"),
    [(FIRST - DAY, False), (FIRST, True), (AFTER - DAY, True), (AFTER, False)],
)
def test_the_first_day_counts_and_the_end_does_not(on, holds):
    ContractRateFactory(valid_from=FIRST, valid_to=AFTER)

    assert ContractRate.objects.filter(in_force(on)).exists() is holds


def test_an_open_end_holds_on():
    ContractRateFactory(valid_from=FIRST)

    assert ContractRate.objects.filter(in_force(date(2126, 1, 1))).exists()


@pytest.mark.parametrize("valid_to", [FIRST, FIRST - DAY])
def test_what_ends_before_it_began_is_refused(valid_to):
    with pytest.raises(IntegrityError, match="contractrate_period"), transaction.atomic():
        ContractRateFactory(valid_from=FIRST, valid_to=valid_to)


def test_one_may_follow_another_and_none_may_overlap():
    held = ContractRateFactory(valid_from=FIRST, valid_to=AFTER)
    same = {"payer": held.payer, "code": held.code}
    ContractRateFactory(valid_from=AFTER, **same)

    with pytest.raises(IntegrityError, match="once_at_a_time"), transaction.atomic():
        ContractRateFactory(valid_from=AFTER - DAY, valid_to=AFTER, **same)
