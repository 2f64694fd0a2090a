"""Which balances are small and lie still, and how far the look at a batch's sample has come."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, Least

from billing_portal.kernel.models.dated import in_force
from billing_portal.kernel.pure.money import ZERO
from cases.types.small_balance.models import (
    SampleLook,
    SmallBalance,
    SmallBalanceBatch,
    SmallBalanceRule,
)
from cases.types.small_balance.vocabulary import Outcome
from cases.work.lifecycle import OPEN
from cases.work.models import Case
from integrations.canonical.models import Facility, LedgerEntry, PatientAccount

IN_A_BATCH = Func(
    F("pk"), Value(0), function="cases_in_a_small_balance_batch", output_field=BooleanField()
)
"""Whether the database would refuse the account a second batch."""


def sites() -> QuerySet[Facility]:
    """Where accounts owe anything."""
    owing = PatientAccount.objects.filter(facility=OuterRef("pk"), balance__gt=0)
    return Facility.objects.filter(Exists(owing)).order_by("pk")


def rules_on(on: date) -> QuerySet[SmallBalanceRule]:
    """What is small on a day, a rule a currency."""
    return SmallBalanceRule.objects.filter(in_force(on)).order_by("pk")


def waiting(rule: SmallBalanceRule, facility: Facility, *, on: date) -> QuerySet[PatientAccount]:
    """Accounts of a site that owe little, lie still, and are in no batch and no open case.

    One that was found wrong waits until its balance is another.
    """
    mine = {"account": OuterRef("pk")}
    moved = LedgerEntry.objects.filter(posted_on__gt=on - timedelta(days=rule.rest_days), **mine)
    worked = Case.objects.filter(status__in=sorted(OPEN), **mine)
    wrong = SampleLook.objects.filter(
        outcome=Outcome.WRONG, balance__account=OuterRef("pk"), balance__amount=OuterRef("balance")
    )
    return PatientAccount.objects.filter(
        ~Exists(moved),
        ~Exists(worked),
        ~Exists(wrong),
        ~Q(IN_A_BATCH),
        facility=facility,
        currency=rule.currency,
        balance__gt=0,
        balance__lte=rule.most,
    ).order_by("pk")


def sample_of(batch: SmallBalanceBatch) -> QuerySet[SmallBalance]:
    """The balances to look at, with what was said of each."""
    sampled = batch.balances.filter(is_sampled=True).select_related("account", "look__looked_by")
    return sampled.order_by("position")


def unseen(batch: SmallBalanceBatch) -> QuerySet[SmallBalance]:
    """Those of the sample that nobody found right yet."""
    return sample_of(batch).exclude(look__outcome=Outcome.RIGHT)


def lookers(batch: SmallBalanceBatch) -> set[int]:
    """The keys of those who looked."""
    looks = SampleLook.objects.filter(balance__batch=batch)
    return set(looks.values_list("looked_by", flat=True))


def moved_on(batch: SmallBalanceBatch) -> QuerySet[SmallBalance]:
    """Balances that are no longer what they were when they were collected."""
    return batch.balances.exclude(amount=F("account__balance"))


def still_owed(batch: SmallBalanceBatch) -> Decimal:
    """What of the batch its accounts owe by now, never more than was collected."""
    owed = Least(F("amount"), Greatest(F("account__balance"), ZERO))
    total: Decimal = batch.balances.aggregate(sum=Coalesce(Sum(owed), ZERO))["sum"]
    return total
