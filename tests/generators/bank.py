"""A bank's lists of deposits as files, written for the tests."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tests.generators.purchase import table

COLUMNS = (
    *("list", "account", "starts_on", "ends_on", "currency", "count", "total"),
    *("deposit", "deposited_on", "amount", "trace", "payer"),
)
DAY = date(2026, 2, 10)
A_DEPOSIT = {
    "list": "L-1",
    "account": "000123456789",
    "starts_on": str(DAY),
    "ends_on": str(DAY),
    "currency": "USD",
    "deposited_on": str(DAY),
    "amount": "10.00",
}


def deposits(*rows: Mapping[str, str]) -> bytes:
    """A file of deposits; a list's count and total are what its rows come to, if they say none."""
    written = [A_DEPOSIT | dict(row) for row in rows]
    lists: dict[str, list[Decimal]] = defaultdict(list)
    for row in written:
        lists[row["list"]].append(Decimal(row["amount"] or 0))
    totals = {
        name: {"count": str(len(held)), "total": f"{sum(held):.2f}"} for name, held in lists.items()
    }
    return table(COLUMNS, {}, [totals[row["list"]] | row for row in written])
