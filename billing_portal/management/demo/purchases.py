"""What the demo's network bought: a handful of vendors, orders, receipts and invoices.

They come in by the front door, as tables that the ordering system and the payables clerk hand in
and as one invoice that a vendor sends as UBL: one invoice matches and is released; the others are
held, each for another reason. Vendors are fictional, and say so.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO, StringIO

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import save_because
from billing_portal.management.demo.organisation import FACILITIES
from cases.intake.ingesting import IncomingFile, ingest
from integrations.canonical.models import Facility, FacilityIdentifier, Source, Vendor

REASON = "Part of the demo organisation"
SOURCE, NETWORK = "purchasing", "vendor-network"
SOURCES = {
    SOURCE: ("Orders, receipts, invoices (demo)", "invoice_csv"),
    NETWORK: ("Vendors' network (demo)", "ubl"),
}
CLERK = "beatrix"
RECEIVER = "dolores"
VENDORS = (
    ("V-1001", "Meridian Surgical Supply (demo)", "US900000011", "supplies", 3),
    ("V-1002", "Cobalt Imaging Service (demo)", "US900000022", "services", 2),
    ("V-1003", "Larkspur Orthopaedics (demo)", "US900000033", "implants", 4),
    ("V-1004", "Quayside Linen (demo)", "US900000044", "services", 3),
)
Row = Mapping[str, str]
SITE = FACILITIES[0].key
# number, vendor, what, quantity, price, standing
ORDERS = (
    ("PO-4401", "V-1001", "Suture kit, box", "40", "12.50", "open"),
    ("PO-4402", "V-1001", "Exam gloves, case", "120", "31.80", "open"),
    ("PO-4403", "V-1001", "IV start kit, case", "60", "22.40", "open"),
    ("PO-4404", "V-1002", "MRI coil inspection", "1", "4850.00", "open"),
    ("PO-4405", "V-1003", "Knee implant, size 4", "6", "2310.00", "open"),
    ("PO-4406", "V-1004", "Linen, weekly", "52", "410.00", "cancelled"),
    ("PO-4407", "V-1004", "Surgical gowns, laundered", "900", "3.15", "open"),
)
# order, received, accepted
RECEIPTS = (
    ("PO-4401", "35", ""),
    ("PO-4402", "120", ""),
    ("PO-4403", "60", ""),
    ("PO-4405", "6", "5"),
    ("PO-4406", "4", ""),
    ("PO-4407", "900", ""),
)
# number, vendor, order, what, quantity, price, days ago
INVOICES = (
    ("MS-20871", "V-1001", "PO-4401", "Suture kit, box", "40", "12.50", 9),
    ("MS-20872", "V-1001", "PO-4402", "Exam gloves, case", "120", "33.90", 8),
    ("MS-20873", "V-1001", "PO-4403", "IV start kit, case", "60", "22.40", 22),
    ("CI-00123", "V-1002", "PO-4404", "MRI coil inspection", "1", "4850.00", 30),
    ("CI 123", "V-1002", "PO-4404", "MRI coil inspection", "1", "4850.00", 6),
    ("LO-5540", "V-1003", "PO-4405", "Knee implant, size 4", "6", "2310.00", 5),
    ("QL-0911", "V-1004", "PO-4406", "Linen, weekly", "4", "410.00", 4),
    ("QL-0912", "V-1004", "", "Emergency laundry, weekend", "1", "780.00", 3),
    ("ZX-1", "V-9999", "PO-4403", "Consulting", "1", "1344.00", 2),
)


def buy(*, by: User, now: datetime) -> None:
    """Let the documents come in. Told again, nothing changes."""
    today = house_day(now)
    ordered, came = today - timedelta(days=45), today - timedelta(days=24)
    sources = {name: source_of(name, *said, by=by) for name, said in SOURCES.items()}
    _know(sources.values(), by=by)
    clerk = User.objects.get(username=CLERK)
    files = {
        "orders_demo.csv": (SOURCE, table(_order(each, ordered) for each in ORDERS), by),
        "receipts_demo.csv": (SOURCE, table(_receipt(each, came) for each in RECEIPTS), by),
        "invoices_demo.csv": (SOURCE, table(_invoice(each, today) for each in INVOICES), clerk),
        "invoice_demo.xml": (NETWORK, _gowns(today - timedelta(days=2)), by),
    }
    for name, (source, content, handed_in_by) in files.items():
        file = IncomingFile(name, partial(BytesIO, content))
        ingest(source=sources[source], files=[file], by=handed_in_by, at=now)


def source_of(name: str, label: str, connector: str, *, by: User) -> Source:
    """A source by its name, made at the first need."""
    held = Source.objects.filter(name=name).first()
    made = held or Source(name=name, label=label, connector=connector)
    if held is None:
        save_because(made, by=by, reason=REASON)
    return made


def _know(sources: Iterable[Source], *, by: User) -> None:
    """The vendors that somebody confirmed, and what documents call the sites."""
    held = set(Vendor.objects.values_list("key", flat=True))
    for key, name, tax_number, category, way in VENDORS:
        if key not in held:
            vendor = Vendor(key=key, name=name, tax_number=tax_number, category=category, way=way)
            vendor.is_confirmed = True
            save_because(vendor, by=by, reason=REASON)
    site = Facility.objects.get(key=SITE)
    for source in sources:
        known = {"source": source, "identifier": SITE}
        if not FacilityIdentifier.objects.filter(**known).exists():
            save_because(FacilityIdentifier(**known, facility=site), by=by, reason=REASON)


def _order(said: tuple[str, ...], on: date) -> Row:
    number, vendor, words, quantity, price, standing = said
    return {
        "order_number": number,
        "ordered_on": on.isoformat(),
        "standing": standing,
        "currency": "USD",
        "vendor": vendor,
        "buyer": SITE,
        "line": "1",
        "description": words,
        "quantity": quantity,
        "price": price,
        "cost_centre": "CC-410",
        "account": "5000",
    }


def _receipt(said: tuple[str, ...], on: date) -> Row:
    order, received, accepted = said
    return {
        "receipt_number": order.replace("PO", "GR"),
        "order_number": order,
        "received_on": on.isoformat(),
        "receiver": RECEIVER,
        "line": "1",
        "order_line": "1",
        "quantity": received,
        "accepted": accepted,
    }


def _invoice(said: tuple[str, str, str, str, str, str, int], today: date) -> Row:
    number, vendor, order, words, quantity, price, days = said
    amount = f"{Decimal(quantity) * Decimal(price):.2f}"
    return {
        "vendor": vendor,
        "invoice_number": number,
        "issued_on": (today - timedelta(days=days)).isoformat(),
        "due_on": (today + timedelta(days=30 - days)).isoformat(),
        "currency": "USD",
        "buyer": SITE,
        "order_number": order,
        "line": "1",
        "order_line": "1" if order else "",
        "description": words,
        "quantity": quantity,
        "price": price,
        "amount": amount,
        "total": amount,
    }


def table(rows: Iterable[Row]) -> bytes:
    """Rows as a CSV file."""
    every, text = list(rows), StringIO()
    writer = csv.DictWriter(text, fieldnames=list(every[0]))
    writer.writeheader()
    writer.writerows(every)
    return text.getvalue().encode()


def _gowns(on: date) -> bytes:
    """A vendor's own UBL: the gowns match their order, the freight was never agreed."""
    return GOWNS.format(issued=on.isoformat()).encode()


GOWNS = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>QL-0913</cbc:ID>
  <cbc:IssueDate>{issued}</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>
  <cac:OrderReference><cbc:ID>PO-4407</cbc:ID></cac:OrderReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyIdentification><cbc:ID>V-1004</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Quayside Linen (demo)</cbc:Name></cac:PartyName>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyIdentification><cbc:ID>alder-valley</cbc:ID></cac:PartyIdentification>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
    <cbc:AllowanceChargeReason>Freight</cbc:AllowanceChargeReason>
    <cbc:Amount currencyID="USD">145.00</cbc:Amount></cac:AllowanceCharge>
  <cac:LegalMonetaryTotal>
    <cbc:PayableAmount currencyID="USD">2980.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="EA">900</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="USD">2835.00</cbc:LineExtensionAmount>
    <cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>
    <cac:Item><cbc:Name>Surgical gowns, laundered</cbc:Name></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="USD">3.15</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
</Invoice>
"""
