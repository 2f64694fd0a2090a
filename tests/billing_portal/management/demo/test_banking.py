"""The demo's bank, in a house that was paid little."""

from datetime import UTC, datetime, timedelta

import pytest

from billing_portal.access.actor import system_actor
from billing_portal.management.demo.banking import SETTLED, bank
from integrations.canonical.models import Deposit
from tests.factories.integrations import RemittanceFactory

NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)  # detection reads what is committed


@pytest.mark.parametrize(("payments", "deposits"), [(0, 1), (1, 1), (2, 2)])
def test_the_first_payment_is_unknown_and_one_deposit_unexplained(payments, deposits):
    for _ in range(payments):
        RemittanceFactory(paid_on=(NOW - SETTLED - timedelta(days=1)).date(), amount=100)

    bank(by=system_actor("demo"), now=NOW)

    assert Deposit.objects.count() == deposits
