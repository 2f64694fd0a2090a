"""A bank's lists and what they say came in."""

from datetime import date
from decimal import Decimal

import factory

from integrations.canonical import models
from tests.factories.base import Made
from tests.factories.integrations import SourceFactory


class DepositListFactory(Made):
    """A list of one day."""

    class Meta:
        model = models.DepositList

    source = factory.SubFactory(SourceFactory)
    account_digest = "digest of the account"
    number = factory.Sequence(lambda n: f"L-{n}")
    digest = factory.Sequence(lambda n: f"list-digest-{n}")
    starts_on = date(2026, 2, 10)
    ends_on = factory.SelfAttribute("starts_on")
    total = Decimal("0.00")


class DepositFactory(Made):
    """Ten dollars, of nobody known."""

    class Meta:
        model = models.Deposit

    deposited_on = date(2026, 2, 10)
    deposit_list = factory.SubFactory(
        DepositListFactory, starts_on=factory.SelfAttribute("..deposited_on")
    )
    account_digest = factory.SelfAttribute("deposit_list.account_digest")
    number = factory.Sequence(lambda n: f"B-{n}")
    amount = Decimal("10.00")
