"""Money out to a real Tryton: posted once whatever happens on the way, read back to the cent."""

import os
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from integrations.connectors.tryton import TARGET, journals, payments, rest
from integrations.ports.commands import (
    NotReached,
    OutcomeUnknown,
    ReceiptState,
    Refused,
    ReleaseInvoice,
    RequestPayment,
    TargetFailure,
)
from tests.faults.proxy import DROP, OK
from tests.integrations.connectors.tryton.scenes import JOURNAL, REFUND, UNBALANCED

LOOKS = 4  # for our key, the journal, the period, the accounts
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def key():
    return uuid.uuid4().hex


def send(command, key, settings):
    return TARGET.send(command, key=key, settings=settings)


def find(command, key, settings):
    return TARGET.find(command, key=key, settings=settings)


def states(people, key):
    """What stands under a key."""
    return [move["state"] for move in people.moves(key)]


def worth(amount):
    """A journal of so much."""
    debit, credit = JOURNAL.lines
    value = Decimal(amount)
    return replace(JOURNAL, lines=(replace(debit, debit=value), replace(credit, credit=value)))


def entries(people, since):
    """All that was entered since, by our keys."""
    return {entry.key: entry for entry in TARGET.entries(since, settings=people.settings())}


@pytest.mark.parametrize("kind", ["journal", "release", "payment"])
def test_a_command_becomes_one_document_however_often_it_is_sent(people, key, kind):
    number = f"INV {key[:8]}"
    commands = {
        "journal": JOURNAL,
        "release": ReleaseInvoice("V-1", number, Decimal("1250.00"), "USD"),
        "payment": REFUND,
    }
    people.invoice("V-1", number, "1250.00")
    command, began = commands[kind], datetime.now(UTC) - AN_HOUR
    assert find(command, key, people.settings()) is None

    sent = send(command, key, people.settings())

    assert (sent.state, sent.total) == (ReceiptState.CONFIRMED, command.total)
    assert send(command, key, people.settings()) == sent
    assert find(command, key, people.settings()) == sent
    held = [e for e in TARGET.entries(began, settings=people.settings()) if e.key == key]
    assert [(entry.reference, entry.total) for entry in held] == [(sent.reference, sent.total)]


def test_what_does_not_balance_is_refused_and_leaves_nothing(people, key):
    with pytest.raises(Refused, match="balance") as refusal:
        send(UNBALANCED, key, people.settings())

    assert refusal.value.code == "unbalanced"
    assert people.moves(key) == []
    assert find(UNBALANCED, key, people.settings()) is None


def test_a_closed_period_is_refused_until_it_is_opened(people, key):
    in_may = replace(JOURNAL, posting_on=date(2026, 5, 4))
    people.close(in_may.posting_on)
    with pytest.raises(Refused) as refusal:
        send(in_may, key, people.settings())
    assert refusal.value.code == "period_closed"
    assert people.moves(key) == []

    people.reopen(in_may.posting_on)

    assert send(in_may, key, people.settings()).state is ReceiptState.CONFIRMED


@pytest.mark.parametrize("lost", range(1, LOOKS + 1))
def test_a_look_whose_answer_is_lost_has_entered_nothing(people, proxy, key, lost):
    proxy.turns = [OK] * (lost - 1) + [DROP]

    with pytest.raises(NotReached):
        send(JOURNAL, key, people.settings(url=f"{proxy.url}/tryton"))

    assert people.moves(key) == []


@pytest.mark.parametrize(
    ("writes", "left", "found"),
    [(1, "draft", ReceiptState.DRAFT), (2, "posted", ReceiptState.CONFIRMED)],
)
def test_a_write_whose_answer_is_lost_is_found_and_posted_once(
    people, proxy, key, writes, left, found
):
    proxy.turns = [OK] * (LOOKS + writes - 1) + [DROP]
    through = people.settings(url=f"{proxy.url}/tryton")

    with pytest.raises(OutcomeUnknown):
        send(JOURNAL, key, through)

    assert states(people, key) == [left]
    assert find(JOURNAL, key, through).state is found
    assert send(JOURNAL, key, through).state is ReceiptState.CONFIRMED
    assert states(people, key) == ["posted"]


def test_a_draft_left_between_entering_and_posting_is_finished_once(people, key):
    draft = journals.enter(JOURNAL, key=key, books=rest.Books(people.settings()))
    assert find(JOURNAL, key, people.settings()).state is ReceiptState.DRAFT

    sent = send(JOURNAL, key, people.settings())

    assert states(people, key) == ["posted"]
    assert people.moves(key)[0]["id"] == draft["id"]
    assert sent.total == JOURNAL.total


def test_entries_are_read_back_to_the_cent(people):
    began = datetime.now(UTC) - timedelta(seconds=2)
    before = people.balance("4110")
    amounts = ["0.01", "0.10", "19.99", "1234.56", "9999999999.99"]
    keys = {uuid.uuid4().hex: worth(amount) for amount in amounts}
    for key, command in keys.items():
        send(command, key, people.settings())

    held = entries(people, began)

    assert {key: held[key].total for key in keys} == {key: c.total for key, c in keys.items()}
    for key, command in keys.items():
        lines = {(line.account, line.debit, line.credit) for line in held[key].lines}
        assert lines == {(line.account, line.debit, line.credit) for line in command.lines}
    assert people.balance("4110") - before == sum(map(Decimal, amounts))


def test_more_entries_than_a_page_come_all_and_once(people, monkeypatch):
    monkeypatch.setattr(rest, "PAGE", 3)
    began = datetime.now(UTC) - timedelta(seconds=2)
    books = rest.Books(people.settings())
    keys = [uuid.uuid4().hex for _ in range(2 * rest.PAGE)]
    for key in keys:
        journals.enter(worth("1.00"), key=key, books=books)

    held = [entry.key for entry in TARGET.entries(began, settings=people.settings())]

    assert [key for key in held if key in set(keys)] == keys


def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(people, tryton):
    keys = [uuid.uuid4().hex for _ in range(12)]
    settings = people.settings(read_seconds=20.0)

    def attempt(number):
        if number == len(keys) // 2:
            os.kill(tryton.child.pid, signal.SIGKILL)
        try:
            return send(JOURNAL, keys[number], settings)
        except TargetFailure as failure:
            return failure

    with ThreadPoolExecutor(4) as pool:
        first = list(pool.map(attempt, range(len(keys))))
    tryton.start()

    failed = [said for said in first if isinstance(said, TargetFailure)]
    assert failed
    assert all(isinstance(said, NotReached | OutcomeUnknown) for said in failed)
    for key, said in zip(keys, first, strict=True):
        held = find(JOURNAL, key, settings)
        assert held == said or isinstance(said, TargetFailure)
        send(JOURNAL, key, settings)
    assert {key: states(people, key) for key in keys} == {key: ["posted"] for key in keys}


def test_nobody_there_is_not_reached(people, tryton, key):
    tryton.child.kill()
    tryton.child.wait()

    with pytest.raises(NotReached):
        send(JOURNAL, key, people.settings())


def test_a_blocked_invoice_is_not_paid_until_it_is_released(people, key):
    number = f"INV {key[:8]}"
    lines = people.invoice("V-1", number, "88.10")
    payment = RequestPayment("vendor", "V-1", Decimal("88.10"), "USD", "invoice", number)
    with pytest.raises(Refused) as refusal:
        send(payment, key, people.settings())
    assert refusal.value.code == "on_hold"

    release = ReleaseInvoice("V-1", number, Decimal("88.10"), "USD")
    send(release, uuid.uuid4().hex, people.settings())

    assert not people.is_blocked(lines)
    assert send(payment, key, people.settings()).total == Decimal("88.10")


def test_an_invoice_over_another_amount_stays_blocked(people, key):
    number = f"INV {key[:8]}"
    lines = people.invoice("V-1", number, "88.10")
    cheaper = ReleaseInvoice("V-1", number, Decimal("88.09"), "USD")

    with pytest.raises(Refused) as refusal:
        send(cheaper, key, people.settings())

    assert refusal.value.code == "other_amount"
    assert people.is_blocked(lines)


def test_an_invoice_that_is_not_on_hold_is_not_released_by_us(people, key):
    number = f"INV {key[:8]}"
    people.invoice("V-1", number, "88.10", is_blocked=False)
    release = ReleaseInvoice("V-1", number, Decimal("88.10"), "USD")

    with pytest.raises(Refused) as refusal:
        send(release, key, people.settings())

    assert refusal.value.code == "not_on_hold"
    assert find(release, key, people.settings()) is None


def test_the_portal_asks_for_payments_and_cannot_approve_them(people, key):
    send(REFUND, key, people.settings())
    books = rest.Books(people.settings())
    (asked,) = payments.standing(key, books)
    assert asked["state"] == "submitted"

    with pytest.raises((Refused, NotReached)):
        books.act(payments.PAYMENT, asked["id"], "approve", ["state"])

    assert payments.standing(key, books)[0]["state"] == "submitted"


@pytest.mark.parametrize("change", ["account", "payee"])
def test_what_tryton_does_not_know_is_refused_and_leaves_nothing(people, key, change):
    debit, credit = JOURNAL.lines
    command, code = {
        "account": (
            replace(JOURNAL, lines=(replace(debit, account="9999"), credit)),
            "unknown_account",
        ),
        "payee": (replace(REFUND, payee_kind="payer", payee="nobody"), "unknown_payee"),
    }[change]

    with pytest.raises(Refused) as refusal:
        send(command, key, people.settings())

    assert refusal.value.code == code
    assert find(command, key, people.settings()) is None


def test_a_wrong_key_is_not_let_in(people, key):
    with pytest.raises(NotReached, match="401"):
        send(JOURNAL, key, people.settings(secret="wrong"))
