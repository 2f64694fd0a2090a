"""Matching a vendor's invoice with its order, receipts and inspection, line by line. Pure.

Two ways: against the order; three: and what was received; four: and what was accepted. What was
billed before on the same line counts: `matched ≤ received − already billed`. Amounts are in the
invoice's currency; what is found is what stands against releasing it, several things at once.
Source of the rules: the house's domain rules on vendor invoices.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing_portal.kernel.pure.wording import money
from cases.types.invoice_exception.duplicates import Twin
from cases.types.invoice_exception.tolerances import Allowance, Scope, allowed
from cases.types.invoice_exception.vocabulary import SMALL, Direction, HoldKind, Measure

ZERO, CENT, HUNDRED = Decimal("0.00"), Decimal("0.01"), Decimal(100)
OPEN = "open"
FOUR = 4
TWO = 2


@dataclass(frozen=True, slots=True)
class Ordered:
    """The line of the order that a line bills, with what came of it.

    `billed` is what was billed of it before, by other invoices or by a line above, credit notes
    taken off. `accepted`: of what was received, what an inspection let pass.
    """

    order: str
    number: str
    vendor_id: int
    currency: str
    standing: str
    is_withdrawn: bool
    way: int
    quantity: Decimal
    price: Decimal
    tax_rate: Decimal | None
    received: Decimal
    accepted: Decimal
    billed: Decimal

    @property
    def available(self) -> Decimal:
        """What may still be billed: of what was accepted, came or, two ways, was ordered."""
        most = {TWO: self.quantity, FOUR: self.accepted}.get(self.way, self.received)
        return max(most - self.billed, ZERO)


@dataclass(frozen=True, slots=True)
class Billed:
    """A line as billed. `is_order_known`: the order that it names is held.

    `price` is that of one unit; None: only the amount is told. `is_coded`: it has a cost centre.
    """

    number: str
    quantity: Decimal
    price: Decimal | None
    adjustment: Decimal
    amount: Decimal
    tax_rate: Decimal | None
    order: str
    is_order_known: bool
    is_coded: bool
    ordered: Ordered | None

    @property
    def unit_price(self) -> Decimal:
        """What a unit comes to."""
        if self.price is not None:
            return self.price
        return (self.amount - self.adjustment) / self.quantity if self.quantity else self.amount


@dataclass(frozen=True, slots=True)
class Spent:
    """One of the orders that an invoice bills: its worth, its freight, and what others billed."""

    order: str
    worth: Decimal
    charges: Decimal
    billed: Decimal
    charges_billed: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as it is matched, with all that is known around it.

    `vendor_hold`: what is held of the vendor, in words; `is_bank_known`: its account is the
    vendor's, or nobody knows better. `credits` is what a credit note may take back at most, None:
    no invoice of ours is named.
    """

    pk: int
    is_credit: bool
    scope: Scope
    total: Decimal
    parts: Decimal
    net: Decimal
    charges: Decimal
    tax: Decimal
    adjusted: Decimal
    missing: str
    needs_order: bool
    vendor_is_known: bool
    vendor_hold: str
    is_bank_known: bool
    lines: Sequence[Billed]
    orders: Sequence[Spent] = ()
    twin: Twin | None = None
    credits: Decimal | None = None

    def said(self, amount: Decimal) -> str:
        """An amount as people read it."""
        return money(amount, self.scope.currency)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that stands against releasing an invoice; `amount` is what it comes to in money.

    `line` empty: the invoice as a whole. `tolerance_id` names the row that would have let it go by
    if it were smaller.
    """

    kind: HoldKind
    words: str
    amount: Decimal = ZERO
    line: str = ""
    other_id: int | None = None
    tolerance_id: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The tolerances that may hold for an invoice."""

    rows: Sequence[Allowance]
    scope: Scope

    def exceeded(
        self, measure: Measure, difference: Decimal, expected: Decimal
    ) -> tuple[bool, int | None]:
        """Whether a difference is more than is allowed in its direction, and by which tolerance."""
        direction = Direction.OVER if difference > 0 else Direction.UNDER
        limit, pk = allowed(
            self.rows, measure=measure, direction=direction, expected=expected, scope=self.scope
        )
        return abs(difference) > limit, pk


def match(bill: Bill, rows: Iterable[Allowance]) -> list[Found]:
    """All that stands against releasing an invoice; nothing: it may go.

    Differences of money alone that come to no more than the small difference are let go by.
    """
    terms = Terms(tuple(rows), bill.scope)
    found = [each for rule in RULES for each in rule(bill, terms)]
    small = [each for each in found if each.kind in SMALL]
    amount = sum((each.amount for each in small), ZERO)
    if small and not terms.exceeded(Measure.SMALL, amount, bill.total)[0]:
        found = [each for each in found if each.kind not in SMALL]
    return found


def of_the_sender(bill: Bill, _terms: Terms) -> Iterator[Found]:
    """Who bills, and whether all is there that must be."""
    if not bill.vendor_is_known:
        yield Found(HoldKind.VENDOR_UNKNOWN, "Nobody has confirmed who this vendor is.")
    if bill.vendor_hold:
        yield Found(HoldKind.VENDOR_HELD, bill.vendor_hold, bill.total)
    if not bill.is_bank_known:
        words = "The invoice asks for payment to another account than the vendor's."
        yield Found(HoldKind.BANK_CHANGED, words, bill.total)
    if bill.missing:
        yield Found(HoldKind.MISSING_FIELD, f"The invoice leaves blank: {bill.missing}.")


def of_twins(bill: Bill, _terms: Terms) -> Iterator[Found]:
    """Whether we have it already."""
    if bill.twin is not None:
        exact, suspected = HoldKind.DUPLICATE_EXACT, HoldKind.DUPLICATE_SUSPECTED
        kind = exact if bill.twin.is_exact else suspected
        yield Found(kind, f"{bill.twin.words}.", bill.total, other_id=bill.twin.pk)


def of_credit(bill: Bill, _terms: Terms) -> Iterator[Found]:
    """Whether a credit note takes back what was billed, and no more."""
    if not bill.is_credit:
        return
    if bill.credits is None:
        words = "The credit note names no invoice of this vendor that is held here."
        yield Found(HoldKind.CREDIT_INCOMPLETE, words, bill.total)
    elif bill.total > bill.credits:
        words = f"It credits {bill.said(bill.total - bill.credits)} more than is left to credit."
        yield Found(HoldKind.CREDIT_OVER, words, bill.total - bill.credits)


def of_orders(bill: Bill, _terms: Terms) -> Iterator[Found]:
    """Whether each line belongs to an open order of ours with this vendor, in its currency."""
    if bill.is_credit:
        return
    for line in bill.lines:
        if line.ordered is None:
            yield from unordered(bill, line)
        else:
            yield from misplaced(bill, line, line.ordered)


def unordered(bill: Bill, line: Billed) -> Iterator[Found]:
    """A line without its line of an order."""
    if line.is_order_known:
        words = f"Order {line.order} has no such line."
        yield Found(HoldKind.ORDER_LINE, words, line.amount, line.number)
    elif line.order:
        words = f"Order {line.order} is not known here."
        yield Found(HoldKind.ORDER_UNKNOWN, words, line.amount, line.number)
    elif bill.needs_order:
        words = "No order is named, and this vendor needs one."
        yield Found(HoldKind.NO_ORDER, words, line.amount, line.number)
    if not line.is_order_known and not line.is_coded:
        words = "No cost centre is known to book it to."
        yield Found(HoldKind.CODING, words, ZERO, line.number)


def misplaced(bill: Bill, line: Billed, ordered: Ordered) -> Iterator[Found]:
    """A line of an order that is not this vendor's, is over, or is in other money."""
    if ordered.vendor_id != bill.scope.vendor_id:
        words = f"Order {ordered.order} was placed with another vendor."
        yield Found(HoldKind.ORDER_VENDOR, words, line.amount, line.number)
    if ordered.is_withdrawn:
        words = f"Order {ordered.order} no longer has this line."
        yield Found(HoldKind.ORDER_LINE, words, line.amount, line.number)
    if ordered.standing != OPEN:
        words = f"Order {ordered.order} is {ordered.standing}."
        yield Found(HoldKind.ORDER_CLOSED, words, line.amount, line.number)
    if ordered.currency != bill.scope.currency:
        words = f"Order {ordered.order} is in {ordered.currency}."
        yield Found(HoldKind.CURRENCY, words, line.amount, line.number)


def of_quantities(bill: Bill, terms: Terms) -> Iterator[Found]:
    """Whether each line bills no more than was ordered and came."""
    if bill.is_credit:
        return
    for line in bill.lines:
        ordered = line.ordered
        if ordered is None:
            continue
        yield from beyond_order(line, ordered, terms)
        if ordered.way > TWO:
            yield from beyond_receipt(line, ordered, terms)


def beyond_order(line: Billed, ordered: Ordered, terms: Terms) -> Iterator[Found]:
    """More than was ordered, with what was billed before."""
    over = line.quantity + ordered.billed - ordered.quantity
    is_over, tolerance_id = terms.exceeded(Measure.QUANTITY, over, ordered.quantity)
    if over > 0 and is_over:
        words = (
            f"Ordered {plain(ordered.quantity)}, billed before {plain(ordered.billed)},"
            f" now {plain(line.quantity)}."
        )
        amount = cents(over * line.unit_price)
        yield Found(
            HoldKind.QUANTITY_ORDERED, words, amount, line.number, tolerance_id=tolerance_id
        )


def beyond_receipt(line: Billed, ordered: Ordered, terms: Terms) -> Iterator[Found]:
    """More than came, or than an inspection let pass."""
    over = line.quantity - ordered.available
    is_over, tolerance_id = terms.exceeded(Measure.QUANTITY, over, ordered.available)
    if over <= 0 or not is_over:
        return
    words = (
        f"Ordered {plain(ordered.quantity)}, received {plain(ordered.received)},"
        f" billed before {plain(ordered.billed)}, now {plain(line.quantity)}."
    )
    kind = HoldKind.QUANTITY_RECEIVED
    if ordered.received <= 0:
        kind = HoldKind.NO_RECEIPT
    elif ordered.way == FOUR and line.quantity <= ordered.received - ordered.billed:
        kind, words = HoldKind.RECEIPT_REJECTED, f"{words} Accepted {plain(ordered.accepted)}."
    amount = cents(over * line.unit_price)
    yield Found(kind, words, amount, line.number, tolerance_id=tolerance_id)


def of_prices(bill: Bill, terms: Terms) -> Iterator[Found]:
    """Whether each line bills the price that was agreed, and adds up."""
    for line in bill.lines:
        if line.price is not None:
            yield from miscounted(bill, line)
        ordered = line.ordered
        if ordered is not None and not bill.is_credit and ordered.currency == bill.scope.currency:
            yield from mispriced(line, ordered, terms)


def miscounted(bill: Bill, line: Billed) -> Iterator[Found]:
    """Quantity times price is not what the line says, by more than rounding."""
    difference = line.amount - cents(line.quantity * line.unit_price + line.adjustment)
    if abs(difference) > CENT:
        words = f"Quantity times price is {bill.said(line.amount - difference)}, not the amount."
        yield Found(HoldKind.LINE_AMOUNT, words, abs(difference), line.number)


def mispriced(line: Billed, ordered: Ordered, terms: Terms) -> Iterator[Found]:
    """Another price than ordered, by more than is allowed up or down."""
    expected = cents(line.quantity * ordered.price)
    difference = cents(line.quantity * line.unit_price) - expected
    is_exceeded, tolerance_id = terms.exceeded(Measure.PRICE, difference, expected)
    if difference and is_exceeded:
        words = f"Ordered at {priced(ordered.price)}, billed at {priced(line.unit_price)}."
        yield Found(HoldKind.PRICE, words, abs(difference), line.number, tolerance_id=tolerance_id)


def of_header(bill: Bill, terms: Terms) -> Iterator[Found]:
    """Whether the invoice adds up, and bills no order beyond its worth."""
    if bill.parts != bill.total:
        words = (
            f"Lines, charges and tax come to {bill.said(bill.parts)},"
            f" the total is {bill.said(bill.total)}."
        )
        yield Found(HoldKind.NOT_BALANCED, words, abs(bill.total - bill.parts))
    if bill.is_credit:
        return
    for spent in bill.orders:
        over = spent.billed - spent.worth
        is_over, tolerance_id = terms.exceeded(Measure.HEADER, over, spent.worth)
        if over > 0 and is_over:
            words = (
                f"Order {spent.order} is worth {bill.said(spent.worth)};"
                f" {bill.said(spent.billed)} are billed."
            )
            yield Found(HoldKind.HEADER_OVER, words, over, tolerance_id=tolerance_id)
    left = (each.charges - each.charges_billed for each in bill.orders)
    agreed = max(sum(left, ZERO), ZERO)
    over = bill.charges - agreed
    is_over, tolerance_id = terms.exceeded(Measure.CHARGES, over, bill.net)
    if bill.orders and over > 0 and is_over:
        words = f"Freight and other charges {bill.said(bill.charges)}, agreed {bill.said(agreed)}."
        yield Found(HoldKind.CHARGES, words, over, tolerance_id=tolerance_id)


def of_tax(bill: Bill, terms: Terms) -> Iterator[Found]:
    """Whether the tax is what the rates make of the lines: the order's rates, else its own.

    Allowances and charges of the whole invoice are taxed at rates that nobody states by line, so
    with them there is nothing to check against.
    """
    rates = [rate_of(line) for line in bill.lines]
    if bill.is_credit or bill.adjusted or None in rates:
        return
    expected = cents(
        sum(
            (line.amount * (rate or ZERO) / HUNDRED)
            for line, rate in zip(bill.lines, rates, strict=True)
        )
    )
    difference = bill.tax - expected
    is_exceeded, tolerance_id = terms.exceeded(Measure.TAX, difference, expected)
    if difference and is_exceeded:
        kind = HoldKind.TAX_OVER if difference > 0 else HoldKind.TAX_UNDER
        if bill.tax == 0:
            kind = HoldKind.TAX_MISSING
        words = f"The tax is {bill.said(bill.tax)}; by the rates it is {bill.said(expected)}."
        yield Found(kind, words, abs(difference), tolerance_id=tolerance_id)


def rate_of(line: Billed) -> Decimal | None:
    """The rate that a line is taxed at."""
    if line.ordered is not None and line.ordered.tax_rate is not None:
        return line.ordered.tax_rate
    return line.tax_rate


def cents(amount: Decimal | int) -> Decimal:
    """To the cent, as invoices round."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def plain(quantity: Decimal) -> str:
    """A quantity or price without the noughts that its column adds."""
    return f"{quantity.normalize():f}" if quantity else "0"


def priced(price: Decimal) -> str:
    """A price with its cents, and what is finer only where it is."""
    return f"{price:.2f}" if price == cents(price) else plain(price)


RULES: Sequence[Callable[[Bill, Terms], Iterator[Found]]] = (
    of_twins,
    of_the_sender,
    of_orders,
    of_credit,
    of_quantities,
    of_prices,
    of_header,
    of_tax,
)
