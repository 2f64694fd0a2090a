"""A bank's list is taken whole, when it ties, or not at all."""

from decimal import Decimal

import pytest

from integrations.connectors.deposits_csv import CONNECTOR
from integrations.ports.protocols import DepositsRead, MessageProblem
from tests.generators import bank


def read(content):
    return list(CONNECTOR.read([content]))


def test_everything_a_list_says_is_read():
    [event] = read(bank.deposits({"deposit": "B-1", "amount": "10.00", "trace": "T1"}))

    assert isinstance(event, DepositsRead)
    said = event.document
    assert (said.number, said.starts_on, said.ends_on) == ("L-1", bank.DAY, bank.DAY)
    assert (said.currency, said.count, said.total) == ("USD", 1, Decimal("10.00"))
    [deposit] = said.lines
    assert (deposit.number, deposit.deposited_on, deposit.trace) == ("B-1", bank.DAY, "T1")
    assert "000123" not in said.account_digest


def test_the_order_of_deposits_makes_no_difference():
    rows = {"deposit": "B-1", "amount": "1.00"}, {"deposit": "B-2", "amount": "2.00"}

    [one], [other] = read(bank.deposits(*rows)), read(bank.deposits(*reversed(rows)))

    assert one.document.digest() == other.document.digest()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"total": "10.01"}, "does_not_tie"),
        ({"count": "2"}, "does_not_tie"),
        ({"amount": "0.00", "total": "0.00"}, "amount"),
        ({"amount": "-10.00", "total": "-10.00"}, "amount"),
        ({"amount": "10.001"}, "amount"),
        ({"deposited_on": "2026-02-11"}, "period"),
        ({"starts_on": "2026-02-12"}, "period"),
        ({"starts_on": "2025-02-09"}, "period"),
        ({"starts_on": "0026-02-10", "ends_on": "0026-02-10"}, "period"),
        ({"currency": "dollars"}, "currency"),
        ({"account": ""}, "missing"),
        ({"deposit": ""}, "missing"),
        ({"deposit": "", "deposited_on": "", "amount": ""}, "does_not_tie"),
        ({"trace": "T" * 201}, "too_long"),
    ],
)
def test_a_list_that_cannot_be_whole_is_refused(said, code):
    row = {"deposit": "B-1", "amount": "10.00", "count": "1", "total": "10.00"} | said

    [event] = read(bank.deposits(row))

    assert isinstance(event, MessageProblem)
    assert (event.reason_code, event.position, event.is_fatal) == (code, 2, True)


def test_a_list_of_a_year_is_taken():
    [event] = read(bank.deposits({"deposit": "B-1", "starts_on": "2025-02-10"}))

    assert isinstance(event, DepositsRead)


def test_an_account_on_which_nothing_came_in_is_listed_by_one_row():
    nothing = {"deposited_on": "", "amount": "", "count": "0", "total": "0.00"}

    [event] = read(bank.deposits(nothing))

    assert (event.document.count, event.document.lines) == (0, ())


def test_rows_that_contradict_each_other_are_refused():
    rows = {"deposit": "B-1", "total": "3.00"}, {"deposit": "B-2", "total": "4.00"}

    [event] = read(bank.deposits(*rows))

    assert event.reason_code == "contradiction"


def test_one_number_for_two_deposits_is_refused():
    rows = {"deposit": "B-1", "amount": "1.00"}, {"deposit": "B-1", "amount": "2.00"}

    [event] = read(bank.deposits(*rows))

    assert event.reason_code == "deposit_twice"


def test_a_bad_list_costs_the_others_nothing():
    rows = {"list": "L-1", "deposit": "B-1", "total": "9.00"}, {"list": "L-2", "deposit": "B-2"}

    bad, good = read(bank.deposits(*rows))

    assert isinstance(bad, MessageProblem)
    assert good.document.number == "L-2"


def test_a_file_without_its_columns_says_which_are_missing():
    [event] = read(b"list,account\nL-1,1\n")

    assert event.reason_code == "columns"
    assert "deposited_on" in event.reason
