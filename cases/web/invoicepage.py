"""What the page of an invoice exception shows between its steps and its record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from billing_portal.accounts.models import User
from cases.types.invoice_exception.asking import MendFirst, matter_of
from cases.types.invoice_exception.loading import bills_of
from cases.types.invoice_exception.matching import Billed, plain, priced
from cases.types.invoice_exception.models import Hold, InvoiceEnding
from cases.types.invoice_exception.vocabulary import DUPLICATES, HoldKind, HoldState
from cases.web.caseparts import days_of
from cases.web.presenters import shown_money
from cases.web.verbmenu import Button, button
from cases.work.lifecycle import WORKABLE, CaseStatus
from cases.work.models import Case
from cases.work.visibility import may_work
from integrations.canonical.models import VendorInvoice

TONES = {HoldState.OPEN: "bad", HoldState.SETTLED: "good", HoldState.ACCEPTED: "warn"}


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold as it is shown; `ended` says how, if it did."""

    kind: str
    place: str
    words: str
    amount: str
    state: str
    tone: str
    ended: str
    allowed: str


@dataclass(frozen=True, slots=True)
class MatchedLine:
    """One line beside its order and what came."""

    number: str
    description: str
    order: str
    ordered: str
    received: str
    before: str
    billed: str
    price: str
    agreed: str
    amount: str


@dataclass(frozen=True, slots=True)
class InvoicePart:
    """A held invoice: its words, what stands against it, its lines, and what can be done."""

    facts: Sequence[tuple[str, str]]
    holds: Sequence[HoldLine]
    lines: Sequence[MatchedLine]
    sums: Sequence[tuple[str, str]]
    verbs: Sequence[Button]
    twin: str
    is_own: bool
    ending: str
    next: str


def invoice_part(case: Case, *, reader: User) -> InvoicePart:
    """The part of a case that is about a vendor's invoice."""
    invoice = VendorInvoice.objects.select_related("vendor", "source", "facility").get(cases=case)
    [bill] = bills_of([invoice])
    rows = Hold.objects.filter(invoice=invoice).select_related("ended_by", "tolerance", "other")
    holds = list(rows.order_by("pk"))
    standing = [hold for hold in holds if hold.state == HoldState.OPEN]
    ending = InvoiceEnding.objects.filter(invoice=invoice).select_related("by").first()
    is_own = invoice.entered_by_id == reader.pk
    is_worked = may_work(reader, queue_id=case.queue_id)
    can_act = is_worked and ending is None and CaseStatus(case.status) in WORKABLE
    descriptions = dict(invoice.lines.values_list("number", "description"))
    return InvoicePart(
        facts=facts_of(invoice),
        holds=[hold_line(hold, invoice.currency) for hold in holds],
        lines=[
            matched_line(line, invoice.currency, descriptions[line.number]) for line in bill.lines
        ],
        sums=sums_of(invoice),
        verbs=list(verbs_of(case, standing, is_own=is_own)) if can_act else [],
        twin=next((hold.other.number for hold in standing if hold.other), ""),
        is_own=is_own,
        ending=f"{ending.get_ending_display()} by {ending.by}: {ending.reason}" if ending else "",
        next="" if ending else next_of(standing),
    )


def facts_of(invoice: VendorInvoice) -> list[tuple[str, str]]:
    """What the invoice says of itself."""
    facts = (
        ("Vendor", invoice.vendor.name),
        ("Number", invoice.number),
        ("Issued", days_of(invoice.issued_on, None)),
        ("Due", days_of(invoice.due_on, None)),
        ("Order", invoice.order_number),
        ("Corrects", invoice.corrects),
    )
    return [(name, value) for name, value in facts if value]


def sums_of(invoice: VendorInvoice) -> list[tuple[str, str]]:
    """How the invoice adds up."""
    sums = (
        ("Lines", invoice.net),
        ("Allowances", -invoice.allowances),
        ("Charges", invoice.charges),
        ("Tax", invoice.tax),
        ("Rounding", invoice.rounding),
    )
    shown = [(name, shown_money(value, invoice.currency)) for name, value in sums if value]
    return [*shown, ("Total", shown_money(invoice.total, invoice.currency))]


def hold_line(hold: Hold, currency: str) -> HoldLine:
    """A hold as it is shown."""
    state = HoldState(hold.state)
    return HoldLine(
        kind=hold.get_kind_display(),
        place=f"Line {hold.line}" if hold.line else "Invoice",
        words=hold.words,
        amount=shown_money(hold.amount, currency) if hold.amount else "",
        state=state.label,
        tone=TONES.get(state, ""),
        ended=f"{hold.ended_by}: {hold.reason}" if hold.ended_by else "",
        allowed=hold.tolerance.citation if hold.tolerance else "",
    )


def matched_line(line: Billed, currency: str, description: str) -> MatchedLine:
    """A line beside its order."""
    ordered = line.ordered
    return MatchedLine(
        number=line.number,
        description=description,
        order=f"{line.order}/{ordered.number}" if ordered else line.order,
        ordered=plain(ordered.quantity) if ordered else "",
        received=plain(ordered.received) if ordered else "",
        before=plain(ordered.billed) if ordered else "",
        billed=plain(line.quantity),
        price=priced(line.unit_price),
        agreed=priced(ordered.price) if ordered else "",
        amount=shown_money(line.amount, currency),
    )


def verbs_of(case: Case, standing: Sequence[Hold], *, is_own: bool) -> list[Button]:
    """What can be done about the invoice; who entered it does not judge it."""
    kinds = {HoldKind(hold.kind) for hold in standing}
    offered: Mapping[str, bool] = {
        "invoice_release": can_be_asked(kinds),
        "invoice_duplicate": bool(kinds & DUPLICATES) and not is_own,
        "invoice_coding": bool(kinds & {HoldKind.CODING, HoldKind.NO_ORDER}),
        "invoice_recheck": True,
        "invoice_return": not is_own,
    }
    return [button(name, case) for name, is_there in offered.items() if is_there]


def can_be_asked(kinds: Collection[HoldKind]) -> bool:
    """Whether an approval could release it as it is."""
    try:
        matter_of(kinds)
    except MendFirst:
        return False
    return True


def next_of(standing: Sequence[Hold]) -> str:
    """What is left before it can be released."""
    try:
        matter_of([HoldKind(hold.kind) for hold in standing])
    except MendFirst as refusal:
        return str(refusal)
    return "An approval can release it as it is."
