"""What people do with a held invoice.

Every verb takes the case as the caller saw it (`seen_version`), says who and when, and returns it
as it is then. All raise CaseNotFound, MayNotWork, StaleVersion, MoveRefused and, where a reason is
asked for, ReasonMissing. Doors fetch the case through `Case.objects.visible_to(user)`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import approving
from cases.actions.opening import open_many
from cases.approvals.asking import Ask
from cases.approvals.sealing import Payee
from cases.approvals.vocabulary import Act, PayeeKind
from cases.types.invoice_exception import services
from cases.types.invoice_exception.asking import matter_of
from cases.types.invoice_exception.detect import bank_of, findings_of
from cases.types.invoice_exception.models import Hold
from cases.types.invoice_exception.vocabulary import DUPLICATES, Ending, HoldKind, HoldState
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.services import Wanted, require_version
from cases.work.visibility import require_work
from integrations.canonical.models import GoodsReceipt, InvoiceLine, VendorInvoice

MATCHED = "Matched again"


class InvoiceRefused(DomainError):
    """The invoice does not allow what was asked."""

    code = "invoice_refused"


@dataclass(frozen=True, slots=True)
class Booking:
    """Where a line, by its number, is to be booked; the account is the order's unless named."""

    line: str
    cost_centre: str
    account: str = ""


@transaction.atomic
def recheck(*, case: Case, by: User, at: datetime, seen_version: int) -> Case:
    """Match the invoice again by what is known now: a vendor or a tolerance may have changed.

    The case follows: it closes when nothing stands against the invoice any more.
    """
    invoice = _invoice(case)
    _held(case, by=by, seen=seen_version)
    return _matched(case, invoice, at=at)


@transaction.atomic
def code_line(
    *,
    case: Case,
    booking: Booking,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> Case:
    """Say where a line is booked, and match again. Also raises InvoiceRefused."""
    invoice, cost_centre = _invoice(case), booking.cost_centre.strip()
    row = InvoiceLine.objects.filter(invoice=invoice, number=booking.line).first()
    if row is None or not cost_centre:
        message = f"Line {booking.line} is not of this invoice, or no cost centre was given."
        raise InvoiceRefused(message)
    _held(case, by=by, seen=seen_version)
    services.code(line=row, cost_centre=cost_centre, account=booking.account, by=by, reason=reason)
    return _matched(case, invoice, at=at)


@transaction.atomic
def request_release(*, case: Case, by: User, reason: str, at: datetime, seen_version: int) -> Case:
    """Ask for approval to release the invoice as it is held; the case waits for it.

    Whoever entered the invoice or took the goods in does not approve it. Also raises MendFirst,
    NoPolicy and ApprovalRefused.
    """
    invoice = _invoice(case)
    kinds = _open_holds(invoice).values_list("kind", flat=True)
    ask = Ask(
        matter=matter_of([HoldKind(kind) for kind in kinds]),
        amount=abs(invoice.total),
        currency=invoice.currency,
        payee=payee_of(invoice),
        accounts=tuple(sorted(_order_numbers(invoice))),
        evidence=(invoice.message_sha256,),
        facts={"invoice": invoice.number},
        makers=_makers(invoice),
    )
    approving.request(case=case, ask=ask, by=by, reason=reason, at=at, seen_version=seen_version)
    return Case.objects.select_related("queue").get(pk=case.pk)


def payee_of(invoice: VendorInvoice) -> Payee:
    """Who is paid: the vendor, to the account that the invoice names."""
    vendor = invoice.vendor
    return Payee(
        kind=PayeeKind.VENDOR.value,
        identifier=vendor.key,
        name_digest=sha256(vendor.name.encode()).hexdigest(),
        bank_digest=bank_of(invoice),
    )


def _order_numbers(invoice: VendorInvoice) -> set[str]:
    named = InvoiceLine.objects.filter(invoice=invoice).values_list("order_number", flat=True)
    return set(named) - {""}


def _makers(invoice: VendorInvoice) -> dict[Act, list[int]]:
    """The people who entered the invoice, or took its goods in."""
    receipts = GoodsReceipt.objects.filter(order_number__in=_order_numbers(invoice))
    receivers = User.objects.known_as(receipts.values_list("receiver", flat=True))
    entered = User.objects.filter(pk=invoice.entered_by_id)
    return {
        Act.ENTER_INVOICE: [person.pk for person in entered if person.is_person],
        Act.RECEIVE_GOODS: [person.pk for person in receivers if person.is_person],
    }


@transaction.atomic
def confirm_duplicate(
    *, case: Case, by: User, reason: str, at: datetime, seen_version: int
) -> Case:
    """Say that the invoice is held twice: it is not paid. Never by who entered it.

    Also raises InvoiceRefused. That it is none is an approval: `request_release`.
    """
    invoice = _invoice(case)
    if not _open_holds(invoice).filter(kind__in=DUPLICATES).exists():
        message = "Nothing says that this invoice may be a duplicate."
        raise InvoiceRefused(message)
    return _end(case, invoice, Ending.DUPLICATE, by=by, reason=reason, at=at, seen=seen_version)


@transaction.atomic
def send_back(*, case: Case, by: User, reason: str, at: datetime, seen_version: int) -> Case:
    """Return the invoice to its vendor unpaid. Never by who entered it; raises InvoiceRefused."""
    invoice = _invoice(case)
    return _end(case, invoice, Ending.RETURNED, by=by, reason=reason, at=at, seen=seen_version)


ENDS = {
    Ending.DUPLICATE: Disposition.DUPLICATE,
    Ending.RETURNED: Disposition.RETURNED_TO_VENDOR,
}


def _end(
    case: Case,
    invoice: VendorInvoice,
    ending: Ending,
    *,
    by: User,
    reason: str,
    at: datetime,
    seen: int,
) -> Case:
    """End an invoice; its case is closed with it, for good: what was decided is not undone."""
    if invoice.entered_by_id == by.pk:
        message = "You entered this invoice: somebody else decides what becomes of it."
        raise InvoiceRefused(message)
    _held(case, by=by, seen=seen)
    [finding] = findings_of(VendorInvoice.objects.filter(pk=invoice.pk))
    if finding.disposition is not None:
        message = "Nothing holds it any more: match it again."
        raise InvoiceRefused(message)
    services.conclude(invoice=invoice, ending=ending, by=by, reason=reason)
    ended = replace(finding, disposition=ENDS[ending], reason=reason)
    open_many(findings=[ended], at=at)
    return Case.objects.select_related("queue").get(pk=case.pk)


def _held(case: Case, *, by: User, seen: int) -> None:
    """Lock a case that one may work, as one saw it."""
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    require_work(by, locked)
    require_version(locked, Wanted(locked.pk, MATCHED, {}, seen), by=by)


def _matched(case: Case, invoice: VendorInvoice, *, at: datetime) -> Case:
    """The case as detection leaves it after a new match of its invoice."""
    open_many(findings=findings_of(VendorInvoice.objects.filter(pk=invoice.pk)), at=at)
    return Case.objects.select_related("queue").get(pk=case.pk)


def _invoice(case: Case) -> VendorInvoice:
    """The invoice of a case, while nothing has ended it."""
    found = VendorInvoice.objects.filter(cases=case, ending=None).select_related("vendor").first()
    if found is None:
        message = "This case is about no invoice that is still open."
        raise InvoiceRefused(message)
    return found


def _open_holds(invoice: VendorInvoice) -> QuerySet[Hold]:
    return Hold.objects.filter(invoice=invoice, state=HoldState.OPEN)
