"""What people do in Tryton beside us, over the API of its own clients."""

import os
from datetime import date
from decimal import Decimal

import pytest

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.tryton import bills
from billing_portal.embedded.tryton.bills import Bill
from billing_portal.embedded.tryton.books import ADMINISTRATOR, Session, day
from billing_portal.embedded.tryton.server import Tryton
from billing_portal.embedded.tryton.shelf import NotInstalled, tryton_of
from integrations.ports.commands import TargetSettings
from tests.integrations.connectors.tryton.replay import OPTIONS


def real_tryton(home: PortalHome, port: int) -> Tryton:
    """One with filled books; where it cannot be had the test is reported, on CI it fails."""
    try:
        return tryton_of(home, port)
    except NotInstalled as missing:
        words = f"Not run: needs a real Tryton. {missing}"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(words)
        pytest.skip(words)


class People:
    """The administrator of one Tryton, at work."""

    def __init__(self, tryton):
        self.tryton = tryton
        password = tryton.home.secrets()["admin"]
        self.session = Session(tryton.url, ADMINISTRATOR, password, company=1).sign_in()

    def settings(self, **more):
        """How the portal reaches it."""
        return TargetSettings(
            **{
                "url": self.tryton.url,
                "secret": self.tryton.key,
                "options": OPTIONS,
                "allows_loopback": True,
            }
            | more
        )

    def moves(self, key):
        """The moves under a key, drafts too: state and description."""
        fields = ["state", "description", "number"]
        domain = [["description", "like", f"{key}%"]]
        return self.session.model("account.move", "search_read", domain, 0, None, None, fields)

    def double(self, key):
        """Post what stands under a key once more, as a careless person might."""
        (held,) = self.moves(key)
        (copied,) = self.session.model("account.move", "copy", [held["id"]])
        self.session.model("account.move", "post", [copied])

    def period(self, on):
        """The month of a day."""
        return self.session.one(
            "account.period", ["start_date", "<=", day(on)], ["end_date", ">=", day(on)]
        )

    def close(self, on):
        """Close a month."""
        self.session.model("account.period", "close", [self.period(on)])

    def reopen(self, on):
        """Open it again, and each journal in it."""
        period = self.period(on)
        self.session.model("account.period", "reopen", [period])
        closed = [["period", "=", period], ["state", "=", "closed"]]
        journals = self.session.model("account.journal.period", "search", closed, 0, None, None)
        self.session.model("account.journal.period", "reopen", journals)

    def invoice(self, vendor, number, amount, *, is_blocked=True):
        """A posted invoice of a vendor; its payable lines."""
        bill = Bill(vendor, number, date(2026, 3, 2), Decimal(amount))
        lines = bills.payable(self.session, bills.enter(self.session, bill))
        if not is_blocked:
            self.session.model("account.move.line", "payment_unblock", lines)
        return lines

    def invoices(self):
        """Every invoice in the books: number, state and total."""
        fields = ["reference", "state", "total_amount"]
        read = self.session.model("account.invoice", "search_read", [], 0, None, None, fields)
        return {
            (each["reference"], each["state"], each["total_amount"]["decimal"]): each["id"]
            for each in read
        }

    def lines_of(self, number):
        """The lines of an invoice that are paid, by its vendor's number."""
        invoice = self.session.one("account.invoice", ["reference", "=", number])
        return bills.payable(self.session, invoice)

    def is_blocked(self, lines):
        """Whether any of the lines may not be paid."""
        read = self.session.model("account.move.line", "read", lines, ["payment_blocked"])
        return any(line["payment_blocked"] for line in read)

    def balance(self, code):
        """What an account was debited less what it was credited, by posted moves."""
        domain = [["account.code", "=", code], ["move.state", "=", "posted"]]
        fields = ["debit", "credit"]
        lines = self.session.model(
            "account.move.line", "search_read", domain, 0, None, None, fields
        )
        return sum(
            (Decimal(each["debit"]["decimal"]) - Decimal(each["credit"]["decimal"]))
            for each in lines
        )
