"""An empty Tryton gets its books: one company, the reference chart of accounts, open years.

Spoken to over JSON-RPC, as its own clients do; on_change rules do not run there, so all is said.
"""

import base64
import csv
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx2

from billing_portal.embedded.home import CHECKOUT

CHART = CHECKOUT / "cases" / "effects" / "reference" / "accounts.csv"
YEARS = range(2024, 2034)
PATIENCE = 120.0
ADMINISTRATOR = "admin"
KINDS: dict[str, dict[str, Any]] = {
    "asset": {"statement": "balance", "assets": True},
    "receivable": {"statement": "balance", "assets": True},
    "liability": {"statement": "balance", "assets": False},
    "payable": {"statement": "balance", "assets": False, "payable": True},
    "revenue": {"statement": "income", "revenue": True},
    "expense": {"statement": "income", "expense": True},
}
"""Kinds of account of the chart, as Tryton's account types.

None is Tryton's receivable: it would want a debtor on every line, which our journals do not name.
"""
PAYABLE = "2200"


@dataclass
class Session:
    """One user of one database."""

    url: str
    user: str
    password: str
    token: str = ""
    company: int | None = None

    def sign_in(self) -> "Session":
        """Begin a session."""
        number, secret, *_more = self.call(
            "common.db.login", self.user, {"password": self.password}
        )
        self.token = base64.b64encode(f"{self.user}:{number}:{secret}".encode()).decode()
        return self

    def call(self, method: str, *parameters: Any) -> Any:
        """One call. Raises RuntimeError with Tryton's words when it refuses."""
        body = httpx2.post(
            f"{self.url}/rpc/",
            json={"id": 1, "method": method, "params": list(parameters)},
            headers={"Authorization": f"Session {self.token}"} if self.token else {},
            timeout=PATIENCE,
            trust_env=False,
        ).json()
        if "error" in body:
            raise RuntimeError(f"{method}: {body['error']}")
        return body["result"]

    def model(self, model: str, method: str, *parameters: Any) -> Any:
        """A method of a model, in our company."""
        return self.call(f"model.{model}.{method}", *parameters, {"company": self.company})

    def create(self, model: str, **values: Any) -> int:
        """One record."""
        return int(self.model(model, "create", [values])[0])

    def one(self, model: str, *domain: Any) -> int:
        """The first record that meets a domain."""
        return int(self.model(model, "search", list(domain), 0, 1, None)[0])


def day(value: date) -> dict[str, Any]:
    """A day as Tryton reads it."""
    return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}


def decimal(text: str) -> dict[str, str]:
    """A number as Tryton reads it."""
    return {"__class__": "Decimal", "decimal": text}


def fill(session: Session) -> None:
    """Everything that our commands need, in an empty database."""
    currency = dollars(session)
    found_company(session, currency)
    chart(session)
    for year in YEARS:
        open_year(session, year)
    session.create(
        "account.payment.journal",
        name="Refunds",
        currency=currency,
        company=session.company,
        process_method="manual",
    )
    session.create("party.party", name="Payees of one payment", code="ONE-TIME")


def dollars(session: Session) -> int:
    """The one currency."""
    rounding = {"rounding": decimal("0.01"), "digits": 2}
    return session.create("currency.currency", name="US Dollar", code="USD", symbol="$", **rounding)


def found_company(session: Session, currency: int) -> None:
    """The company whose books are kept; the session is its own from now on."""
    party = session.create("party.party", name="Fictional Hospital Network")
    company = session.create("company.company", party=party, currency=currency)
    user = session.one("res.user", ["login", "=", ADMINISTRATOR])
    session.model(
        "res.user", "write", [user], {"companies": [["add", [company]]], "company": company}
    )
    session.company = company


def chart(session: Session) -> None:
    """The accounts of the reference chart under their own codes."""
    types = {
        kind: session.create(
            "account.account.type", name=kind.title(), company=session.company, **what
        )
        for kind, what in KINDS.items()
    }
    with CHART.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kind = "payable" if row["code"] == PAYABLE else row["kind"]
            session.create(
                "account.account",
                name=row["name"],
                code=row["code"],
                type=types[kind],
                company=session.company,
                reconcile=kind == "payable",
            )


def open_year(session: Session, year: int) -> None:
    """A year with open months and its numbers."""
    moves = sequence(session, "Account Move", year)
    invoices = sequence(session, "Invoice", year)
    numbered = ("out_invoice", "in_invoice", "out_credit_note", "in_credit_note")
    pk = session.create(
        "account.fiscalyear",
        name=str(year),
        start_date=day(date(year, 1, 1)),
        end_date=day(date(year, 12, 31)),
        company=session.company,
        move_sequence=moves,
        invoice_sequences=[
            [
                "create",
                [
                    {"company": session.company}
                    | {f"{name}_sequence": invoices for name in numbered}
                ],
            ]
        ],
    )
    session.model("account.fiscalyear", "create_period", [pk])


def sequence(session: Session, kind: str, year: int) -> int:
    """Numbers without gaps."""
    return session.create(
        "ir.sequence.strict",
        name=f"{kind} {year}",
        sequence_type=session.one("ir.sequence.type", ["name", "=", kind]),
        company=session.company,
    )


def admit(session: Session, key: str) -> None:
    """Let the portal in with a key: it may post, release and ask for payments, not approve them."""
    groups = [session.one("res.group", ["name", "=", name]) for name in ("Accounting", "Payment")]
    company = {"companies": [["add", [session.company]]], "company": session.company}
    user = session.create(
        "res.user", name="Billing Portal", login="portal", groups=[["add", groups]], **company
    )
    session.create("res.user.application", key=key, user=user, application="rest")
