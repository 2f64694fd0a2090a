"""Accounts with entries: as the rules see them, as rows, and as the file they come in."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import count
from typing import Any

from django.db import transaction

from billing_portal.access.actor import acting, system_actor
from cases.types.refund.postings import Ledger, Posting, Remitted
from integrations.canonical.models import EntryKind, LedgerEntry, PatientAccount
from integrations.connectors.ledger_csv.reader import COLUMNS
from tests.factories.integrations import PatientAccountFactory

numbers = count(1)


def posting(kind: str, amount: str | int, **fields: Any) -> Posting:
    """An entry on line 1 of claim C1, on 1 February 2026."""
    given = {
        "number": f"e{next(numbers)}",
        "kind": EntryKind(kind),
        "amount": Decimal(amount),
        "posted_on": date(2026, 2, 1),
        "posted_by": "poster",
        "payer_id": None,
        "rank": None,
        "claim": "C1",
        "line": "1",
        "reverses": "",
        "is_applied": True,
    }
    return Posting(**given | fields)


def ledger(*postings: Posting, remitted: tuple[Remitted, ...] = ()) -> Ledger:
    """An account of these entries."""
    return Ledger(postings, remitted)


def account(*postings: Posting, **fields: Any) -> PatientAccount:
    """An account with these entries as rows; its balance is their sum."""
    with transaction.atomic(), acting(by=system_actor("tests"), reason="For a test"):
        balance = sum((each.amount for each in postings), Decimal("0.00"))
        made = PatientAccountFactory(balance=balance, **fields)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                account=made,
                number=each.number,
                digest=each.number,
                kind=each.kind,
                amount=each.amount,
                posted_on=each.posted_on,
                posted_by=each.posted_by,
                payer_id=each.payer_id,
                rank=each.rank,
                claim_number=each.claim,
                line=each.line,
                reverses=each.reverses,
                is_applied=each.is_applied,
            )
            for each in postings
        )
    return made


def statement(
    *accounts: tuple[str, str, list[dict[str, str]]],
    number: str = "L1",
    stated_on: str = "2026-03-01",
    **shared: str,
) -> bytes:
    """A ledger file: accounts as (number, balance, entries), `shared` on every account's row."""
    out = StringIO()
    writer = csv.DictWriter(out, sorted(COLUMNS), restval="")
    writer.writeheader()
    writer.writerow({"record": "ledger", "number": number, "stated_on": stated_on})
    for account_number, balance, entries in accounts:
        given = {"facility": "F1", "guarantor": f"G-{account_number}", "state": "MO"}
        writer.writerow(
            {"record": "account", "number": account_number, "balance": balance} | given | shared
        )
        for entry in entries:
            writer.writerow({"record": "entry", "posted_on": "2026-02-01"} | entry)
    writer.writerow({"record": "end", "number": str(len(accounts))})
    return out.getvalue().encode()


def entry(number: str, kind: str, amount: str, **fields: str) -> dict[str, str]:
    """One entry's row."""
    return {"number": number, "kind": kind, "amount": amount, "claim": "C1", "line": "1"} | fields
