"""What the demo's bank received: a list of thirty days, by the front door.

Every payment of those days came in, but for two: one that the bank does not know of, and one that
is short by its own fee. And one deposit came that no remittance explains.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from billing_portal.management.demo.purchases import Row, source_of, table
from cases.intake.ingesting import IncomingFile, ingest
from integrations.canonical.models import Remittance

SOURCE = "bank"
LABEL, CONNECTOR = "Bank deposits (demo)", "deposits_csv"
DAYS, SETTLED = timedelta(days=30), timedelta(days=12)
FEE = Decimal("9.00")
UNEXPLAINED = Decimal("812.40")


def bank(*, by: User, now: datetime) -> None:
    """Let the list come in. Told again, nothing changes."""
    source = source_of(SOURCE, LABEL, CONNECTOR, by=by)
    rows = list(_rows(house_day(now)))
    total = sum((Decimal(row["amount"]) for row in rows), Decimal(0))
    stated = {"count": str(len(rows)), "total": f"{total:.2f}"}
    content = table({**row, **stated} for row in rows)
    file = IncomingFile("deposits_demo.csv", partial(BytesIO, content))
    ingest(source=source, files=[file], by=by, at=now)


def _rows(today: date) -> Iterator[Row]:
    """Each payment as a deposit of the day after; what is apart is long settled."""
    starts_on, settled = today - DAYS, today - SETTLED
    paid = Remittance.objects.filter(paid_on__range=(starts_on, today), amount__gt=FEE)
    newest = paid.filter(paid_on__lte=settled).order_by("-paid_on", "-pk")
    unknown, short = newest[:1], newest[1:2]
    banked = paid.exclude(pk__in=unknown.values("pk")).order_by("paid_on", "pk")
    for number, each in enumerate(banked, start=1):
        amount = each.amount - FEE if each in short else each.amount
        on = min((each.paid_on or today) + timedelta(days=1), today)
        yield _row(today, f"D-{number:04}", on, amount, each.trace_number)
    yield _row(today, "D-0000", settled, UNEXPLAINED, "EFT-UNKNOWN-1")


def _row(today: date, number: str, on: date, amount: Decimal, trace: str) -> Row:
    return {
        "list": f"L-{today:%Y%m%d}",
        "account": "DEMO-OPERATING-1",
        "starts_on": (today - DAYS).isoformat(),
        "ends_on": today.isoformat(),
        "currency": "USD",
        "deposit": number,
        "deposited_on": on.isoformat(),
        "amount": f"{amount:.2f}",
        "trace": trace,
        "payer": "",
    }
