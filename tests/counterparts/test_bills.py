"""Vendors' invoices are entered once, to the cent, and blocked until they are released."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from billing_portal.embedded.tryton import bills
from billing_portal.embedded.tryton.bills import Bill, enter


@pytest.fixture
def bill():
    return Bill("V-7", f"INV {uuid.uuid4().hex[:8]}", date(2026, 11, 20), Decimal("4068.37"))


def test_an_invoice_is_posted_and_blocked_to_the_cent(people, bill):
    entered = enter(people.session, bill)

    assert people.invoices()[bill.number, "posted", "4068.37"] == entered
    assert people.is_blocked(people.lines_of(bill.number))


def test_entered_twice_it_is_there_once_and_stays_released(people, bill):
    entered = enter(people.session, bill)
    lines = people.lines_of(bill.number)
    people.session.model("account.move.line", "payment_unblock", lines)
    before = people.invoices()

    assert enter(people.session, bill) == entered
    assert people.invoices() == before
    assert not people.is_blocked(lines)


@pytest.mark.parametrize("done", [(), ("validate_invoice",)])
def test_broken_off_it_goes_on(people, bill, done):
    begun = bills.draft(people.session, bill)
    for step in done:
        people.session.model("account.invoice", step, [begun])

    assert enter(people.session, bill) == begun
    assert people.invoices()[bill.number, "posted", "4068.37"] == begun
    assert people.is_blocked(people.lines_of(bill.number))


def test_two_vendors_may_use_one_number(people, bill):
    other = Bill("V-8", bill.number, bill.issued_on, bill.total)

    assert enter(people.session, bill) != enter(people.session, other)
