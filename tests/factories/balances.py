"""Small balances: accounts that owe little and lie still, their batches, and looks at them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from django.db import transaction

from billing_portal.access.actor import acting, system_actor
from cases.types.small_balance.actions import collect
from cases.types.small_balance.models import (
    SampleLook,
    SmallBalance,
    SmallBalanceBatch,
    SmallBalanceRule,
)
from cases.types.small_balance.vocabulary import Outcome
from cases.work.models import Case
from integrations.canonical.models import EntryKind, LedgerEntry, PatientAccount
from tests.factories.base import REASON, Made
from tests.factories.integrations import FacilityFactory
from tests.factories.ledgers import account, posting
from tests.factories.people import PersonFactory

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
"""Long after the entries of test accounts were posted."""


def owing(amount: str = "4.00", **fields) -> PatientAccount:
    """An account on which a patient left so much unpaid in February 2026."""
    billed = posting("charge", 100)
    return account(billed, posting("payment", Decimal(amount) - 100), **fields)


def batch_of(*amounts: str, at: datetime = AT) -> Case:
    """The case of a batch of these balances, of a site of their own."""
    site = FacilityFactory()
    for amount in amounts or ("4.00", "9.99", "0.01"):
        owing(amount, facility=site)
    [made] = [case for case in collect(at=at) if case.facility == site]
    return made


def paid(account: PatientAccount, amount: str) -> None:
    """The account's next statement: somebody paid so much."""
    with transaction.atomic(), acting(by=system_actor("tests"), reason=REASON):
        LedgerEntry.objects.create(
            account=account,
            number="late",
            digest="late",
            kind=EntryKind.PAYMENT,
            amount=-Decimal(amount),
            posted_on=AT.date(),
        )
        account.balance -= Decimal(amount)
        account.save()


class SmallBalanceRuleFactory(Made):
    """What is small in another currency than the house's."""

    class Meta:
        model = SmallBalanceRule

    currency = "CAD"
    most = Decimal("9.99")
    share = Decimal("0.05")
    rest_days = 30
    citation = "A test"
    valid_from = date(2020, 1, 1)


class SmallBalanceBatchFactory(Made):
    """A batch of three balances, its sample drawn: a batch is never without them."""

    class Meta:
        model = SmallBalanceBatch

    @classmethod
    def _create(cls, model_class: type[SmallBalanceBatch], *amounts: str) -> SmallBalanceBatch:
        return model_class.objects.get(case=batch_of(*amounts))


class SmallBalanceFactory(Made):
    """The sampled balance of a batch."""

    class Meta:
        model = SmallBalance

    @classmethod
    def _create(cls, model_class: type[SmallBalance], *amounts: str) -> SmallBalance:
        return model_class.objects.get(batch=SmallBalanceBatchFactory(*amounts), is_sampled=True)


class SampleLookFactory(Made):
    """Somebody found a sampled balance right."""

    class Meta:
        model = SampleLook

    balance = factory.SubFactory(SmallBalanceFactory)
    outcome = Outcome.RIGHT
    reason = "Owed since February, two statements sent"
    looked_by = factory.SubFactory(PersonFactory)
    looked_at = AT
