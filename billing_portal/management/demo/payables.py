"""What the demo's Tryton knows of vendors' invoices: those that the portal may release there.

A clerk beside us would enter them, so they are entered by Tryton's own people. The sandbox ERP
keeps no invoices and releases any.
"""

from decimal import Decimal
from pathlib import Path

from django.conf import settings

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.tryton.bills import CURRENCY, Bill, enter
from billing_portal.embedded.tryton.books import ADMINISTRATOR, Session
from billing_portal.management.demo.ledger import tryton
from billing_portal.management.demo.purchases import SOURCES
from cases.work.models import Case
from integrations.canonical.models import VendorInvoice
from integrations.ports.purchasing import InvoiceKind


def enter_bills() -> None:
    """Enter what is held, where a Tryton keeps the books. Done again: nothing twice.

    Raises RuntimeError with Tryton's words when it refuses.
    """
    if not settings.TRYTON_URL:
        return
    administrator = PortalHome(Path(settings.PORTAL_HOME) / "tryton").secrets()["admin"]
    company = tryton()["settings"]["company"]
    session = Session(settings.TRYTON_URL, ADMINISTRATOR, administrator, company=company).sign_in()
    for bill in held_bills():
        enter(session, bill)


def held_bills() -> list[Bill]:
    """The demo's invoices with an open case, the oldest first.

    Credit notes are never released. Other currencies are left out: Tryton's books know dollars
    alone.
    """
    held = VendorInvoice.objects.filter(
        cases__in=Case.objects.open(),
        source__name__in=SOURCES,
        kind=InvoiceKind.INVOICE,
        currency=CURRENCY,
        total__gt=Decimal(0),
    )
    told = held.order_by("issued_on", "pk")
    return [Bill(*row) for row in told.values_list("vendor__key", "number", "issued_on", "total")]
