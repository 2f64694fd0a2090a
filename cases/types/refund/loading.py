"""Accounts as the rules see them, read for a whole batch: the queries do not grow with it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from billing_portal.kernel.days import house_day
from cases.types.refund.models import Return
from cases.types.refund.postings import Ledger, Posting, Remitted
from cases.types.refund.provider_ledger import Balance, balances_of, claims_named
from cases.types.refund.vocabulary import Way
from cases.work.sets import any_id, any_text
from cases.work.types import Change
from integrations.canonical.models import (
    Claim,
    EntryKind,
    LedgerEntry,
    PatientAccount,
    Payer,
    RemittedClaim,
    ServiceLine,
)
from integrations.feed.models import Record

REVERSAL = "22"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An account with its ledger, and its claims by their numbers.

    `returned` names the facts on which money was sent back (`RefundDetails.decision`), once the
    payer took what we let it recoup or acknowledged our refund; empty before.
    """

    account: PatientAccount
    ledger: Ledger
    claims: tuple[Claim, ...]
    returned: str = ""


def accounts_of(changes: Sequence[Change]) -> dict[int, str]:
    """The accounts that changes bear on, with the correlation id of the last."""
    found = {e.record_id: e.correlation_id for e in changes if e.record == Record.ACCOUNT}
    by_claim = {each.claim_id: each.correlation_id for each in changes if each.claim_id is not None}
    outside = {
        e.record_id: e.correlation_id for e in changes if e.record == Record.PROVIDER_ADJUSTMENT
    }
    if outside:
        newest = next(reversed(outside.values()))
        by_claim |= dict.fromkeys((claim.pk for claim in claims_named(outside)), newest)
    if by_claim:
        claims = Claim.objects.filter(pk=any_id(by_claim)).values_list(
            "pk", "patient_control_number", "facility_id"
        )
        places = {(number, facility): by_claim[pk] for pk, number, facility in claims}
        entries = LedgerEntry.objects.filter(
            claim_number=any_text(number for number, _facility in places)
        )
        for pk, number, facility in entries.values_list(
            "account_id", "claim_number", "account__facility_id"
        ).distinct():
            if (number, facility) in places:
                found.setdefault(pk, places[number, facility])
    return found


def load(account_ids: Collection[int]) -> list[Loaded]:
    """Accounts with all that is judged of them, in the order of their keys."""
    accounts = list(
        PatientAccount.objects.filter(pk=any_id(account_ids))
        .select_related("facility", "guarantor")
        .order_by("pk")
    )
    postings = _postings(account_ids)
    claims = _claims(accounts, postings)
    remitted = _remitted({claim.pk: claim for each in claims.values() for claim in each})
    returned = _returned(claims)
    return [
        Loaded(
            account,
            Ledger(
                tuple(postings[account.pk]),
                tuple(each for claim in claims[account.pk] for each in remitted.get(claim.pk, ())),
            ),
            tuple(claims[account.pk]),
            returned.get(account.pk, ""),
        )
        for account in accounts
    ]


def _returned(claims: Mapping[int, Sequence[Claim]]) -> dict[int, str]:
    """The accounts whose payers' remittances close the way chosen for their credit, and its facts.

    One query where no way to a payer was chosen.
    """
    ways = Return.objects.filter(
        case__account__in=claims, way__in=[Way.RECOUP, Way.VOLUNTARY_REFUND]
    ).select_related("case", "research")
    newest = {each.case.account_id: each for each in ways.order_by("pk")}
    if not newest:
        return {}
    told = balances_of([claim for pk in newest if pk is not None for claim in claims[pk]])
    return {
        pk: way.research.decision
        for pk, way in newest.items()
        if pk is not None and any(_closes(b, way) for c in claims[pk] for b in told[c.pk])
    }


def _closes(balance: Balance, way: Return) -> bool:
    is_told = way.way == Way.RECOUP or balance.is_paired
    since: date = house_day(way.chosen_at)
    amount: Decimal = way.amount
    return is_told and balance.taken_since(since) >= amount


def load_one(account: PatientAccount) -> Loaded:
    """One account."""
    [loaded] = load([account.pk])
    return loaded


def _postings(account_ids: Collection[int]) -> Mapping[int, list[Posting]]:
    found: dict[int, list[Posting]] = defaultdict(list)
    entries = LedgerEntry.objects.filter(account_id=any_id(account_ids))
    for entry in entries.order_by("account_id", "posted_on", "pk"):
        found[entry.account_id].append(
            Posting(
                entry.number,
                EntryKind(entry.kind),
                entry.amount,
                entry.posted_on,
                entry.posted_by,
                entry.payer_id,
                entry.rank,
                entry.claim_number,
                entry.line,
                entry.reverses,
                entry.is_applied,
            )
        )
    return found


def _claims(
    accounts: Sequence[PatientAccount], postings: Mapping[int, list[Posting]]
) -> dict[int, list[Claim]]:
    """The claims that an account's entries name, at its facility: the newest last."""
    numbers = {
        account.pk: {each.claim for each in postings[account.pk] if each.claim}
        for account in accounts
    }
    found = Claim.objects.filter(
        patient_control_number=any_text({n for each in numbers.values() for n in each})
    ).order_by("service_from", "pk")
    held: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for claim in found:
        held[claim.patient_control_number, claim.facility_id].append(claim)
    return {
        account.pk: [
            claim
            for number in sorted(numbers[account.pk])
            for claim in held[number, account.facility_id]
        ]
        for account in accounts
    }


def _remitted(claims: Mapping[int, Claim]) -> dict[int, list[Remitted]]:
    """What remittances say of claims."""
    allowed = (
        ServiceLine.objects.filter(remitted_claim=OuterRef("pk"))
        .order_by()
        .values("remitted_claim")
        .annotate(sum=Sum("allowed"))
        .values("sum")
    )
    rows = (
        RemittedClaim.objects.filter(claim_id=any_id(claims))
        .annotate(allowed=Subquery(allowed))
        .order_by("claim_id", "remittance__paid_on", "position", "pk")
        .values_list("claim_id", "paid", "status_code", "allowed")
    )
    told: dict[int, list[tuple[Decimal, str, Decimal | None]]] = defaultdict(list)
    for claim_id, paid, status, most in rows:
        told[claim_id].append((paid, status, most))
    return {pk: list(_sum_up(claims[pk], decisions)) for pk, decisions in told.items()}


def _sum_up(
    claim: Claim, decisions: Sequence[tuple[Decimal, str, Decimal | None]]
) -> Iterator[Remitted]:
    newest = [most for _paid, status, most in decisions if status != REVERSAL]
    yield Remitted(
        claim=claim.patient_control_number,
        payer_id=claim.payer_id,
        paid=sum((paid for paid, _status, _most in decisions), Decimal("0.00")),
        allowed=newest[-1] if newest else None,
        is_reversed=any(status == REVERSAL for _paid, status, _most in decisions),
    )


def payers(payer_ids: Collection[int]) -> dict[int, Payer]:
    """Payers by their keys."""
    return Payer.objects.in_bulk(list(payer_ids))
