"""What was asked of Tryton while it was recorded; asked again of the recordings."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from integrations.connectors.tryton import TARGET
from integrations.ports.commands import (
    JournalLineCommand,
    PostJournal,
    ReleaseInvoice,
    RequestPayment,
)

NONE = Decimal("0.00")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
POSTED, LOPSIDED, LATE, BEGUN, RELEASED, ASKED = (f"{number:032x}" for number in range(1, 7))
"""Our keys, one of each scene's document."""

JOURNAL = PostJournal(
    entity="north",
    journal="ADJ",
    posting_on=date(2026, 3, 2),
    original_on=date(2026, 3, 2),
    currency="USD",
    description="Denial write-off",
    lines=(
        JournalLineCommand("4110", Decimal("125.50"), NONE, "Denial adjustment"),
        JournalLineCommand("1100", NONE, Decimal("125.50"), "Receivable"),
    ),
)
UNBALANCED = replace(
    JOURNAL, lines=(JOURNAL.lines[0], replace(JOURNAL.lines[1], credit=Decimal("125.49")))
)
IN_APRIL = replace(JOURNAL, posting_on=date(2026, 4, 1))
INVOICE = ReleaseInvoice("V-1", "INV 7", Decimal("1250.00"), "USD")
REFUND = RequestPayment("patient", "P-7", Decimal("480.00"), "USD", "refund", "AP-17")


def send(command, key):
    return lambda settings: TARGET.send(command, key=key, settings=settings)


def find(command, key):
    return lambda settings: TARGET.find(command, key=key, settings=settings)


SCENES = {
    "nothing_held": find(JOURNAL, POSTED),
    "post": send(JOURNAL, POSTED),
    "post_again": send(JOURNAL, POSTED),
    "unbalanced": send(UNBALANCED, LOPSIDED),
    "closed_period": send(IN_APRIL, LATE),
    "draft_found": find(JOURNAL, BEGUN),
    "draft_posted": send(JOURNAL, BEGUN),
    "release": send(INVOICE, RELEASED),
    "released": find(INVOICE, RELEASED),
    "payment": send(REFUND, ASKED),
    "entries": lambda settings: list(TARGET.entries(SINCE, settings=settings)),
}
"""In the order of their recording."""
