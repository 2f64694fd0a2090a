"""What to do on an invoice that is held. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.types.invoice_exception.vocabulary import DESKS, Desk, HoldKind
from cases.work.types import Step

RELEASE = Step("release", "Ask for approval of what is left, or let it be released by the facts")
STEPS: Mapping[Desk, tuple[Step, ...]] = {
    Desk.DUPLICATE: (
        Step("compare", "Lay the two invoices side by side: number, date, order, lines"),
        Step("judge", "Say that it is a duplicate, or that it is none: not who entered it"),
    ),
    Desk.VENDOR: (
        Step("verify", "Verify the vendor by a number that was known before, never the invoice's"),
        Step("master", "Have the vendor's record mended: the hold ends by itself"),
    ),
    Desk.ORDER: (
        Step("find_order", "Find the order: ask the buyer who placed it", "wait_info"),
        Step("code", "Give lines without an order their cost centre"),
    ),
    Desk.RECEIPT: (
        Step("ask_receiver", "Ask the receiver whether it came, and was accepted", "wait_info"),
        Step("record_receipt", "Have the receipt recorded: the hold ends by itself"),
    ),
    Desk.QUANTITY: (
        Step("count", "Compare ordered, received, billed before and billed now"),
        Step("ask_receiver", "Ask the receiver whether the rest came", "wait_info"),
        Step("ask_credit", "Ask the vendor for a credit note over what did not come", "wait_info"),
    ),
    Desk.PRICE: (
        Step("agreed_price", "Compare with the price agreed: order, contract, quotation"),
        Step("ask_buyer", "Ask the buyer whether the new price was agreed", "wait_info"),
    ),
    Desk.TAX: (
        Step("tax_rate", "Check the rate, and whether we are exempt"),
        Step("ask_invoice", "Ask the vendor for a corrected invoice", "wait_info"),
    ),
}


def steps_for(details: Mapping[str, Any]) -> list[Step]:
    """The steps of every desk that has something to mend, the first desk's first."""
    desks = {DESKS[HoldKind(hold["kind"])] for hold in details["holds"]}
    return [*(step for desk in Desk if desk in desks for step in steps_of(desk)), RELEASE]


def steps_of(desk: Desk) -> tuple[Step, ...]:
    """A desk's steps, each under a key of its own: two desks may ask the same of two people."""
    return tuple(
        Step(f"{desk.value.lower()}_{step.key}", step.words, step.verb) for step in STEPS[desk]
    )
