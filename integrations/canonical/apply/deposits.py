"""Applying a bank's list of deposits: new goes in, held is a duplicate, other is refused.

The caller holds the database transaction; everything here is part of it. The account is locked
before it is looked up. The same number of a list or of a deposit with other content is an incident.
A deposit that an earlier list of the account holds already stays there.
"""

from collections.abc import Sequence
from datetime import timedelta

from integrations.canonical.apply.purchasing import applied, outcome, tell
from integrations.canonical.apply.transactions import (
    Applied,
    Context,
    Effect,
    TransactionRefused,
)
from integrations.canonical.locks import lock
from integrations.canonical.models import Deposit, DepositList, PayerIdentifier
from integrations.feed.models import Record
from integrations.ports.deposits import DepositFact, DepositListFact

AHEAD = timedelta(hours=14)
"""By so much the day is further on than in UTC where it begins first."""


def keep_deposits(fact: DepositListFact, context: Context) -> Applied:
    """Keep a list with its deposits, or find that it is held; says which. Locks its account.

    Raises TransactionRefused for one of days to come: what is late is told by the lists' days.
    """
    if fact.ends_on > (context.received_at + AHEAD).date():
        raise TransactionRefused("The list is of days that were to come when it was received.")
    lock(f"deposits {fact.account_digest}")
    held = DepositList.objects.filter(account_digest=fact.account_digest, number=fact.number)
    if (digest := held.values_list("digest", flat=True).first()) is not None:
        return outcome(is_same=digest == fact.digest())
    new = unheld(fact)
    if new is None:
        return applied(Effect.INCIDENT)
    made = DepositList.objects.create(
        source=context.source,
        account_digest=fact.account_digest,
        number=fact.number,
        digest=fact.digest(),
        starts_on=fact.starts_on,
        ends_on=fact.ends_on,
        currency=fact.currency,
        total=fact.total,
        correlation_id=context.correlation_id,
    )
    keep_each(made, new)
    tell(Record.DEPOSIT_LIST, made, context)
    return applied(Effect.APPLIED)


def unheld(fact: DepositListFact) -> list[DepositFact] | None:
    """The deposits that no earlier list of the account holds; None if one says otherwise."""
    numbers = [each.number for each in fact.lines]
    rows = Deposit.objects.filter(account_digest=fact.account_digest, number__in=numbers)
    held = {
        row[0]: DepositFact(*row)
        for row in rows.values_list("number", "deposited_on", "amount", "trace", "payer_identifier")
    }
    if any(held.get(each.number, each) != each for each in fact.lines):
        return None
    return [each for each in fact.lines if each.number not in held]


def keep_each(made: DepositList, facts: Sequence[DepositFact]) -> None:
    """Keep deposits, each with the payer that the source's crosswalk names."""
    known = PayerIdentifier.objects.filter(
        source=made.source, identifier__in={each.payer for each in facts}
    )
    payers = dict(known.values_list("identifier", "payer"))
    Deposit.objects.bulk_create(
        Deposit(
            deposit_list=made,
            account_digest=made.account_digest,
            number=each.number,
            deposited_on=each.deposited_on,
            amount=each.amount,
            trace=each.trace,
            payer_identifier=each.payer,
            payer_id=payers.get(each.payer),
        )
        for each in facts
    )
