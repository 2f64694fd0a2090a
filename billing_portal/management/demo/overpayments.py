"""The demo's patient accounts: paid claims as the patient accounting system states them.

They arise from the demo's own remittances: what a payer paid on a claim stands on its account as
posted, with one thing gone wrong on most of them, each another. One account is off by a cent, and
waits in the quarantine.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO, StringIO

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import save_because
from cases.intake.ingesting import IncomingFile, ingest
from integrations.canonical.models import (
    Claim,
    FacilityIdentifier,
    PayerIdentifier,
    RemittedClaim,
    Source,
)
from integrations.connectors.ledger_csv.reader import COLUMNS

SOURCE, CLEARINGHOUSE = "patient-accounting", "clearinghouse"
FILENAME = "accounts_demo.csv"
REASON = "Part of the demo organisation"
POSTER, CASHIER = "lucas", "cashier"
AGAIN = timedelta(days=7)
"""After how long a payer pays once more."""
CENT = Decimal("0.01")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Bill:
    """A claim that was paid in one decision, and who decided it."""

    claim: Claim
    paid: Decimal
    paid_on: date
    payer_class: str
    payer: str


Story = Callable[[Bill], Iterator[Row]]


def posted(bill: Bill) -> list[Row]:
    """What every account begins with: the charge, the contract's part, the payment."""
    day = bill.paid_on.isoformat()
    charged = (bill.claim.service_from or bill.paid_on).isoformat()
    contract = bill.claim.charge - bill.paid
    shared = {"line": "1", "payer": bill.payer, "rank": "1", "posted_on": day}
    rows = [
        entry("1", "charge", bill.claim.charge, posted_on=charged, line="1", posted_by="billing"),
        entry("3", "payment", -bill.paid, tender="eft", posted_by=POSTER, **shared),
    ]
    if contract:
        rows.insert(1, entry("2", "contractual", -contract, posted_by=POSTER, **shared))
    return rows


def paid_twice(bill: Bill) -> Iterator[Row]:
    """The payer's payment once more, a week later."""
    day = (bill.paid_on + AGAIN).isoformat()
    shared = {"line": "1", "payer": bill.payer, "rank": "1", "posted_on": day}
    yield entry("4", "payment", -bill.paid, tender="eft", posted_by=POSTER, **shared)


def patient_before(bill: Bill) -> Iterator[Row]:
    """The patient paid at the desk before the insurer did."""
    day = (bill.paid_on - timedelta(days=9)).isoformat()
    shared = {"posted_by": CASHIER, "tender": "card", "posted_on": day}
    yield entry("4", "payment", Decimal("-120.00"), **shared)


def four_dollars(bill: Bill) -> Iterator[Row]:
    """So little that one would like to forget it."""
    day = (bill.paid_on - timedelta(days=3)).isoformat()
    shared = {"posted_by": CASHIER, "tender": "check", "posted_on": day}
    yield entry("4", "payment", Decimal("-4.00"), **shared)


def nothing(_bill: Bill) -> Iterator[Row]:
    """All is well."""
    yield from ()


STORIES: tuple[tuple[str, Story], ...] = (
    ("medicare", paid_twice),
    ("commercial", paid_twice),
    ("commercial", patient_before),
    ("medicare", paid_twice),
    ("commercial", four_dollars),
    ("medicaid", paid_twice),
    ("commercial", nothing),
)


def state(*, by: User, now: datetime) -> None:
    """Take the statement in, by the way of every file. Told again, nothing changes."""
    source, bills = _source(by=by), _bills(until=house_day(now) - AGAIN)
    if bills:
        file = IncomingFile(FILENAME, partial(BytesIO, render(bills, on=house_day(now))))
        ingest(source=source, files=[file], by=by, at=now)


def render(bills: Sequence[tuple[Bill, Story]], *, on: date) -> bytes:
    """The statement as a file; the last account is a cent off."""
    out = StringIO()
    writer = csv.DictWriter(out, sorted(COLUMNS), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerow({"record": "ledger", "number": "DEMO-1", "stated_on": on.isoformat()})
    for number, (bill, story) in enumerate(bills, start=1):
        rows = [*posted(bill), *story(bill)]
        balance = sum((Decimal(row["amount"]) for row in rows), Decimal("0.00"))
        wrong = CENT if number == len(bills) else 0
        person = bill.claim.patient
        writer.writerow(
            {
                "record": "account",
                "number": f"A-{bill.claim.patient_control_number}",
                "facility": bill.claim.payee_identifier,
                "guarantor": f"G-{number:05}",
                "family_name": person.family_name if person else "",
                "given_name": person.given_name if person else "",
                "state": ("MO", "KS", "AR")[number % 3],
                "balance": f"{balance + wrong:.2f}",
            }
        )
        for row in rows:
            writer.writerow(row | {"claim": bill.claim.patient_control_number})
    writer.writerow({"record": "end", "number": str(len(bills))})
    return out.getvalue().encode()


def entry(number: str, kind: str, amount: Decimal, **fields: str) -> Row:
    """One posting."""
    return {"record": "entry", "number": number, "kind": kind, "amount": f"{amount:.2f}"} | fields


def _bills(*, until: date) -> list[tuple[Bill, Story]]:
    """The newest claims that were paid in one decision by then, one for each story."""
    found, used = [], set[int]()
    for payer_class, story in STORIES:
        paid = RemittedClaim.objects.filter(
            paid__gte=100,
            status_code="1",
            remittance__paid_on__lte=until,
            claim__payer__payer_class=payer_class,
        ).exclude(claim__in=used)
        alone = paid.exclude(claim__adjudications__status_code="22").select_related(
            "claim__payer", "claim__patient", "remittance"
        )
        decided = alone.order_by("-remittance__paid_on", "pk").first()
        if decided is not None and decided.remittance.paid_on is not None:
            used.add(decided.claim_id)
            claim = decided.claim
            bill = Bill(
                claim, decided.paid, decided.remittance.paid_on, payer_class, claim.payer_identifier
            )
            found.append((bill, story))
    return found


def _source(*, by: User) -> Source:
    """The patient accounting system; it calls payers and sites as the clearinghouse does."""
    held = Source.objects.filter(name=SOURCE).first()
    if held is not None:
        return held
    made = Source(name=SOURCE, label="Patient accounting (demo)", connector="ledger_csv")
    save_because(made, by=by, reason=REASON)
    for payer in PayerIdentifier.objects.filter(source__name=CLEARINGHOUSE).order_by("pk"):
        known = PayerIdentifier(source=made, identifier=payer.identifier, payer=payer.payer)
        save_because(known, by=by, reason=REASON)
    for place in FacilityIdentifier.objects.filter(source__name=CLEARINGHOUSE).order_by("pk"):
        at = FacilityIdentifier(source=made, identifier=place.identifier, facility=place.facility)
        save_because(at, by=by, reason=REASON)
    return made
