"""What the reader of ledger exports makes of rows, well and badly written."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.connectors.ledger_csv.reader import read
from integrations.ports.ledgers import EntryKind, Tender
from integrations.ports.protocols import (
    AccountRead,
    ClaimQuarantined,
    LedgerClosed,
    LedgerOpened,
    MessageProblem,
)
from tests.factories.ledgers import entry, statement

CREDIT = ("A1", "-20.00", [entry("1", "charge", "100.00"), entry("2", "payment", "-120.00")])


def events(content: bytes):
    return list(read([content]))


def test_an_account_is_read_with_its_entries_in_exact_amounts():
    paid = entry(
        "2", "payment", "-120.00", payer="P1", rank="1", tender="eft", posted_by="p1", applied="no"
    )
    content = statement(("A1", "-20.00", [entry("1", "charge", "100.00"), paid]))

    opened, read_, closed = events(content)

    assert isinstance(opened, LedgerOpened)
    assert (opened.header.number, opened.header.stated_on) == ("L1", date(2026, 3, 1))
    assert isinstance(read_, AccountRead)
    account = read_.account
    assert (account.number, account.balance, account.difference) == (
        "A1",
        Decimal("-20.00"),
        Decimal("0.00"),
    )
    charge, payment = account.entries
    assert charge.kind is EntryKind.CHARGE
    assert (payment.payer, payment.rank, payment.tender) == ("P1", 1, Tender.EFT)
    assert not payment.is_applied
    assert closed == LedgerClosed(is_truncated=False, warnings=())


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"amount": "ten"}, "amount is not a plain decimal number"),
        ({"amount": "1.005"}, "amount has more than 2 decimal places"),
        ({"kind": "gift"}, "kind is none of charge, payment, contractual, refund, reversal"),
        ({"posted_on": "02/01/2026"}, "posted_on is not a day such as 2026-01-31"),
        ({"rank": "9"}, "rank is none of 1, 2, 3"),
        ({"tender": "gold"}, "tender is none of eft, check, card, cash"),
        ({"number": ""}, "number is empty"),
        ({"line": "x" * 201}, "line is longer than 200 characters or not text"),
    ],
)
def test_a_row_that_cannot_be_taken_costs_its_account_alone(bad, words):
    content = statement(("A0", "100.00", [entry("1", "charge", "100.00") | bad]), CREDIT)

    _opened, aside, read_, _closed = events(content)

    assert isinstance(aside, ClaimQuarantined)
    assert (aside.claim, aside.reason) == ("A0", f"Row 4: {words}.")
    assert isinstance(read_, AccountRead)


def test_a_file_cut_off_says_so():
    content = statement(CREDIT)
    cut = content[: content.index(b"\nend")] if b"\nend" in content else content[:-40]

    assert events(cut)[-1] == LedgerClosed(is_truncated=True, warnings=())


def test_an_end_that_counts_other_accounts_says_so():
    content = statement(CREDIT).replace(b"end", b"end", 1)
    wrong = statement(CREDIT, CREDIT).splitlines(keepends=True)

    assert events(content)[-1] == LedgerClosed(is_truncated=False, warnings=())
    assert events(b"".join([*wrong[:5], wrong[-1]]))[-1] == LedgerClosed(
        is_truncated=True, warnings=()
    )


def test_another_file_is_refused_by_its_header():
    [problem] = events(b"name,amount\nx,1\n")

    assert isinstance(problem, MessageProblem)
    assert problem.is_fatal
    assert problem.reason.startswith("The header row lacks applied, balance,")


def test_a_line_without_end_is_no_csv():
    content = statement(CREDIT) + b"x" * 100_000

    assert [type(event) for event in events(content)][-1] is MessageProblem


def test_rows_out_of_place_are_set_aside():
    lines = statement(CREDIT).splitlines(keepends=True)

    first, *_rest = events(b"".join([lines[0], lines[3]]))

    assert isinstance(first, MessageProblem)
    assert first.reason_code == "misplaced"


def test_a_statement_whose_own_row_is_bad_is_none():
    content = statement(CREDIT, stated_on="soon")

    assert not [event for event in events(content) if isinstance(event, LedgerOpened | AccountRead)]
