"""The only writers of effects and journals; called by `cases.actions.posting` alone."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.transactions import joining
from cases.effects.comparing import Difference
from cases.effects.kinds import Decided
from cases.effects.models import (
    Effect,
    Journal,
    JournalLine,
    LedgerDifference,
    Reconciliation,
    Reopening,
)
from cases.effects.queries import Draft, days_of
from cases.work.models import Case
from integrations.outbox.models import Destination

KEYS = uuid.UUID("6f1ef5a8-6a2c-5d0e-9a0b-0a3c1c6b7f11")
"""The namespace of event keys: one per case, event and version, the same whoever computes it."""
REVERSED = "reversed"


def event_key(case_id: uuid.UUID, event: str, version: int) -> uuid.UUID:
    """The key under which a partner knows one effect."""
    return uuid.uuid5(KEYS, f"{case_id}:{event}:{version}")


@joining
def write(
    *, decided: Decided, event: str, draft: Draft | None, digest: str, by: User, reason: str
) -> Effect:
    """Record one effect of a decision, with its journal if it books one.

    The database refuses a second one for the same event that stands, and a journal out of balance.
    """
    case = decided.case
    made = Effect.objects.create(
        case=case,
        kind=decided.matter,
        event=event,
        version=case.version,
        event_key=event_key(case.public_id, event, case.version),
        amount=decided.amount,
        currency=decided.currency,
        request_reference=decided.request_reference,
        digest=digest,
        reason=reason,
        made_by=by,
        decided_at=decided.decided_at,
    )
    if draft is not None:
        _book(made, draft)
    _record(made, verb="effect.made", by=by)
    return made


def _book(effect: Effect, draft: Draft) -> None:
    voucher = draft.voucher
    journal = Journal.objects.create(
        effect=effect,
        template=draft.template,
        entity=draft.plan.entity,
        currency=effect.currency,
        total=voucher.debit,
        posting_on=voucher.posting_on,
        original_on=draft.original_on,
        text=draft.plan.text,
    )
    JournalLine.objects.bulk_create(
        JournalLine(
            journal=journal,
            position=position,
            account_id=line.account_id,
            debit=line.debit,
            credit=line.credit,
        )
        for position, line in enumerate(voucher.lines, start=1)
    )


@joining
def reverse(*, effect: Effect, by: User, reason: str, at: datetime) -> Effect:
    """Record the reversal of an effect: the same journal with its sides exchanged.

    Posted on the day of `at`, or the first open one. The database refuses a second reversal, and
    one whose lines are not the original's. Raises NoOpenPeriod.
    """
    journal = effect.journal
    original_on, posting_on = days_of(journal.entity, at=at)
    event = f"{effect.event}:{REVERSED}"
    made = Effect.objects.create(
        case=effect.case,
        kind=effect.kind,
        event=event,
        version=effect.version,
        event_key=event_key(effect.case.public_id, event, effect.version),
        amount=effect.amount,
        currency=effect.currency,
        request_reference=effect.request_reference,
        digest=effect.digest,
        reverses=effect,
        reason=reason,
        made_by=by,
        decided_at=at,
    )
    mirrored = Journal.objects.create(
        effect=made,
        template=journal.template,
        entity=journal.entity,
        currency=journal.currency,
        total=journal.total,
        posting_on=posting_on,
        original_on=original_on,
        text=f"Reverses {journal}: {journal.text}",
    )
    JournalLine.objects.bulk_create(
        JournalLine(
            journal=mirrored,
            position=line.position,
            account_id=line.account_id,
            debit=line.credit,
            credit=line.debit,
        )
        for line in journal.lines.order_by("position")
    )
    _record(made, verb="effect.reversed", by=by)
    return made


@transaction.atomic
def reopen(
    *, case: Case, template: str, amount: Decimal, on: date, reference: str, by: User
) -> None:
    """Keep that a closed period is open to one voucher; the database checks that it was approved.

    `amount` is in the case's currency.
    """
    made = Reopening.objects.create(
        case=case,
        template=template,
        amount=amount,
        currency=case.currency,
        posting_on=on,
        reference=reference,
    )
    audit.record(
        chain=f"case:{case.pk}",
        verb="period.reopened",
        subject=f"case:{case.public_id}",
        by=by,
        reason=f"Approved in {reference}",
        template=template,
        amount=made.amount,
        posting_on=on,
    )


def _record(effect: Effect, *, verb: str, by: User) -> None:
    audit.record(
        chain=f"case:{effect.case_id}",
        verb=verb,
        subject=f"case:{effect.case.public_id}",
        by=by,
        reason=effect.reason,
        event=effect.event,
        key=effect.event_key,
        amount=effect.amount,
        currency=effect.currency,
        request=effect.request_reference,
        digest=effect.digest,
    )


@transaction.atomic
def keep_run(
    *,
    destination: Destination,
    since: datetime,
    effects: int,
    entries: int,
    found: Sequence[Difference],
    at: datetime,
) -> list[LedgerDifference]:
    """Keep one comparison with a ledger and what it found, each with its effect and case."""
    run = Reconciliation.objects.create(
        destination=destination, since=since, effects=effects, entries=entries, ran_at=at
    )
    keys = {each.key for each in found}
    held = Effect.objects.with_keys(keys).select_related("case")
    by_key = {effect.event_key.hex: effect for effect in held}
    return LedgerDifference.objects.bulk_create(
        LedgerDifference(
            reconciliation=run,
            effect=by_key.get(each.key),
            key=each.key,
            kind=each.kind,
            ours=each.ours,
            theirs=each.theirs,
            currency=each.currency,
            reference=each.reference,
            words=each.words,
        )
        for each in found
    )


@transaction.atomic
def keep_failure(*, destination: Destination, since: datetime, failure: str, at: datetime) -> None:
    """Keep that a comparison could not be made, and why."""
    Reconciliation.objects.create(
        destination=destination, since=since, effects=0, entries=0, failure=failure, ran_at=at
    )
