"""The only writers of batches of small balances and of what was said of their samples."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from secrets import token_hex

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.types.small_balance import queries
from cases.types.small_balance.models import (
    SampleLook,
    SmallBalance,
    SmallBalanceBatch,
    SmallBalanceRule,
)
from cases.types.small_balance.sampling import sample
from cases.types.small_balance.vocabulary import KEY, Outcome
from cases.work import services as work
from cases.work.lifecycle import OPEN, CaseStatus
from cases.work.models import Case
from cases.work.visibility import require_work
from integrations.canonical.models import PatientAccount


class BatchRefused(DomainError):
    """The batch does not allow what was asked."""

    code = "batch_refused"


@transaction.atomic
def keep(
    *,
    case: Case,
    rule: SmallBalanceRule,
    accounts: Sequence[PatientAccount],
    by: User,
    at: datetime,
) -> SmallBalanceBatch:
    """Keep a batch with its balances, and draw its sample: once, with a seed that is kept too."""
    amounts = {account.pk: account.balance for account in accounts}
    batch = SmallBalanceBatch.objects.create(
        case=case,
        rule=rule,
        most=rule.most,
        share=rule.share,
        population=len(amounts),
        total=sum(amounts.values(), start=Decimal(0)),
        seed=token_hex(16),
        drawn_at=at,
    )
    drawn = sample(amounts, share=batch.share, seed=batch.seed)
    SmallBalance.objects.bulk_create(
        SmallBalance(
            batch=batch,
            position=position,
            account_id=account,
            amount=amount,
            is_sampled=account in drawn,
        )
        for position, (account, amount) in enumerate(amounts.items(), start=1)
    )
    reason = f"{batch.population} balances collected, {len(drawn)} of them drawn"
    _record(case, "drawn", by=by, reason=reason, seed=batch.seed)
    return batch


@transaction.atomic
def look(
    *,
    case: Case,
    position: int,
    outcome: Outcome,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> SampleLook:
    """Keep what somebody says of one sampled balance. Locks the case.

    Raises CaseNotFound, MayNotWork, ReasonMissing, StaleVersion, BatchRefused.
    """
    case, batch = locked(case, by=by, reason=reason, seen_version=seen_version)
    balance = queries.sample_of(batch).filter(position=position).first()
    if balance is None or hasattr(balance, "look"):
        raise BatchRefused("This balance is not in the sample, or somebody looked at it before.")
    made = SampleLook.objects.create(
        balance=balance, outcome=outcome, reason=reason.strip(), looked_by=by, looked_at=at
    )
    _record(case, "looked_at", by=by, reason=made.reason, position=position, outcome=outcome)
    return made


def locked(
    case: Case, *, by: User, reason: str, seen_version: int
) -> tuple[Case, SmallBalanceBatch]:
    """A batch that is open, its case locked, as the caller saw it, by somebody who may work it."""
    case = Case.objects.select_for_update(of=("self",)).select_related("facility").get(pk=case.pk)
    require_work(by, case)
    if not reason.strip():
        raise work.ReasonMissing("Say why: it is kept with what you decide.")
    work.require_version(case, work.Wanted(case.pk, reason, seen_version=seen_version), by=by)
    if case.case_type != KEY or CaseStatus(case.status) not in OPEN:
        raise BatchRefused("This case is no batch of small balances that is open.")
    return case, case.small_balances


def _record(case: Case, verb: str, *, by: User, reason: str, **facts: object) -> None:
    audit.record(
        chain=f"case:{case.pk}",
        verb=f"small_balance.{verb}",
        subject=f"case:{case.public_id}",
        by=by,
        reason=reason,
        **facts,
    )
