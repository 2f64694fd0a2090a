"""The only writers of holds, codings and endings."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.transactions import joining
from cases.types.invoice_exception.matching import Found
from cases.types.invoice_exception.models import Hold, InvoiceEnding, LineCoding
from cases.types.invoice_exception.vocabulary import (
    DUPLICATES,
    Ending,
    HoldState,
)
from cases.work.sets import any_id
from integrations.canonical.models import InvoiceLine, VendorInvoice

SETTLED = "The facts have settled it."
FOUND = "Found by matching."


class StillHeld(DomainError):
    """Something still stands against releasing the invoice."""

    code = "invoice_still_held"


@transaction.atomic
def keep_holds(*, found: Mapping[int, Sequence[Found]], by: User) -> dict[int, list[Hold]]:
    """Let the holds of invoices be as they were found; returns what is open on each.

    Locks the open ones. What people accepted or ruled out stays so until it is more than they saw.
    """
    rows = Hold.objects.filter(invoice_id=any_id(found)).select_for_update(of=("self",))
    held: dict[int, list[Hold]] = defaultdict(list)
    for row in rows.order_by("pk"):
        held[row.invoice_id].append(row)
    return {
        invoice_id: keep_of(invoice_id, each, held[invoice_id], by=by)
        for invoice_id, each in found.items()
    }


def keep_of(
    invoice_id: int, found: Sequence[Found], rows: Sequence[Hold], *, by: User
) -> list[Hold]:
    """One invoice's holds."""
    open_rows = {(row.kind, row.line): row for row in rows if row.state == HoldState.OPEN}
    ended = [row for row in rows if row.state in {HoldState.ACCEPTED, HoldState.DISMISSED}]
    kept = []
    for each in found:
        row = open_rows.pop((each.kind, each.line), None)
        if row is not None or not is_covered(each, ended):
            kept.append(keep_one(row, each, invoice_id=invoice_id, by=by))
    for row in open_rows.values():
        end(row, HoldState.SETTLED, by=by, reason=SETTLED)
    return kept


def is_covered(found: Found, ended: Sequence[Hold]) -> bool:
    """Whether people have let this very thing go by, and it is no more than it was."""
    return any(
        (row.kind, row.line, row.other_id) == (found.kind, found.line, found.other_id)
        and (found.kind in DUPLICATES or row.amount >= found.amount)
        for row in ended
    )


def keep_one(row: Hold | None, found: Found, *, invoice_id: int, by: User) -> Hold:
    """One hold as it was found; what is the same already is not written again."""
    wanted = {
        "kind": found.kind.value,
        "line": found.line,
        "words": found.words,
        "amount": max(found.amount, Decimal(0)),
        "other_id": found.other_id,
        "tolerance_id": found.tolerance_id,
    }
    is_new = row is None
    row = row or Hold(invoice_id=invoice_id)
    if is_new or any(getattr(row, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(row, name, value)
        row.version += not is_new
        save_because(row, by=by, reason=FOUND)
    return row


def end(row: Hold, state: HoldState, *, by: User, reason: str) -> None:
    """End a hold that is locked."""
    row.state, row.ended_by, row.reason = state.value, by, reason
    row.version += 1
    save_because(row, by=by, reason=reason)


@joining
def end_open(
    *,
    invoice: VendorInvoice,
    kinds: Collection[str],
    state: HoldState,
    by: User,
    reason: str,
) -> int:
    """End the open holds of some kinds; returns how many. Locks them."""
    rows = Hold.objects.filter(
        invoice=invoice, state=HoldState.OPEN, kind__in=kinds
    ).select_for_update()
    ended = list(rows.order_by("pk"))
    for row in ended:
        end(row, state, by=by, reason=reason)
    return len(ended)


@transaction.atomic
def code(*, line: InvoiceLine, cost_centre: str, account: str, by: User, reason: str) -> LineCoding:
    """Say where a line is booked."""
    coding = LineCoding.objects.select_for_update().filter(line=line).first()
    coding = coding or LineCoding(line=line, version=0)
    coding.cost_centre, coding.account = cost_centre, account
    coding.version += 1
    save_because(coding, by=by, reason=reason)
    return coding


@joining
def conclude(
    *,
    invoice: VendorInvoice,
    ending: Ending,
    by: User,
    reason: str,
    reference: str = "",
) -> InvoiceEnding:
    """End an invoice once for all. Raises StillHeld when it is to be released and is held."""
    is_release = ending is Ending.RELEASED
    if is_release and Hold.objects.filter(invoice=invoice, state=HoldState.OPEN).exists():
        message = "Something still stands against releasing this invoice."
        raise StillHeld(message)
    return InvoiceEnding.objects.create(
        invoice=invoice, ending=ending.value, by=by, reason=reason, reference=reference
    )
