"""The sandbox through its target: one key one document, and every way of going wrong by name."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from integrations.connectors.sandbox import TARGET
from integrations.ports.commands import (
    CommandKind,
    NotReached,
    OutcomeUnknown,
    ReceiptState,
    Refused,
    ReleaseInvoice,
    RequestPayment,
    Throttled,
)
from tests.factories.outbox import journal
from tests.integrations.connectors.sandbox.process import free_port

COMMANDS = [
    journal(),
    ReleaseInvoice("V-1", "INV 7", Decimal("1250.00"), "USD"),
    RequestPayment("patient", "P-7", Decimal("480.00"), "USD", "refund", "AP-17"),
]


@pytest.fixture
def key():
    return uuid4().hex


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.kind)
def test_a_command_becomes_a_document_that_is_found_by_our_key(sandbox, key, command):
    sent = TARGET.send(command, key=key, settings=sandbox.settings())

    assert (sent.state, sent.total) == (ReceiptState.CONFIRMED, command.total)
    assert TARGET.find(command, key=key, settings=sandbox.settings()) == sent
    assert TARGET.find(command, key=uuid4().hex, settings=sandbox.settings()) is None


def test_the_same_key_is_one_document_however_many_send_it_at_once(sandbox, key):
    def send(_number):
        return TARGET.send(journal(), key=key, settings=sandbox.settings())

    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(send, range(16)))

    assert len(receipts) == 1
    assert sandbox.rows(f"SELECT count(*) FROM document WHERE key = '{key}'") == [(1,)]


def test_a_key_is_not_for_two_commands(sandbox, key):
    TARGET.send(journal(), key=key, settings=sandbox.settings())

    with pytest.raises(Refused) as refusal:
        TARGET.send(journal("1.00"), key=key, settings=sandbox.settings())
    assert refusal.value.code == "key_reused"


def test_what_does_not_balance_is_refused_and_leaves_nothing(sandbox, key):
    lines = journal().lines
    lopsided = replace(journal(), lines=(lines[0], replace(lines[1], credit=Decimal("125.49"))))

    with pytest.raises(Refused) as refusal:
        TARGET.send(lopsided, key=key, settings=sandbox.settings())

    assert refusal.value.code == "unbalanced"
    assert TARGET.find(lopsided, key=key, settings=sandbox.settings()) is None


def test_a_closed_period_is_refused_until_it_is_opened(sandbox, key):
    sandbox.ask("close", {"through": "2026-03-02"})
    with pytest.raises(Refused) as refusal:
        TARGET.send(journal(), key=key, settings=sandbox.settings())
    assert refusal.value.code == "period_closed"

    sandbox.ask("close", {"through": "2026-03-01"})

    assert TARGET.send(journal(), key=key, settings=sandbox.settings())


@pytest.mark.parametrize(
    ("fault", "failure", "is_applied"),
    [
        ("fail", OutcomeUnknown, False),
        ("throttle", Throttled, False),
        ("stall", OutcomeUnknown, False),
        ("drop_answer", OutcomeUnknown, True),
        ("apply_then_fail", OutcomeUnknown, True),
    ],
)
def test_each_fault_is_what_it_says(sandbox, key, fault, failure, is_applied):
    sandbox.tell(fault, seconds=3 if fault == "stall" else 0)

    with pytest.raises(failure):
        TARGET.send(journal(), key=key, settings=sandbox.settings(read_seconds=1.0))

    if fault != "stall":
        held = TARGET.find(journal(), key=key, settings=sandbox.settings())
        assert (held is not None) == is_applied


def test_a_throttle_says_for_how_long(sandbox, key):
    sandbox.tell("throttle", seconds=7)

    with pytest.raises(Throttled) as throttled:
        TARGET.send(journal(), key=key, settings=sandbox.settings())

    assert throttled.value.retry_after == 7


def test_a_wrong_secret_is_not_let_in(sandbox, key):
    with pytest.raises(NotReached):
        TARGET.send(journal(), key=key, settings=replace(sandbox.settings(), secret="wrong"))


def test_nobody_there_is_not_reached(sandbox, key):
    nobody = replace(sandbox.settings(), url=f"http://127.0.0.1:{free_port()}")

    with pytest.raises(NotReached):
        TARGET.send(journal(), key=key, settings=nobody)


def test_entries_are_all_documents_with_their_lines(sandbox, key):
    began = datetime(2026, 1, 1, tzinfo=UTC)
    TARGET.send(journal("3.00"), key=key, settings=sandbox.settings())

    entry = list(TARGET.entries(began, settings=sandbox.settings()))[-1]

    assert (entry.kind, entry.key, entry.posted_on) == (
        CommandKind.POST_JOURNAL,
        key,
        date(2026, 3, 2),
    )
    assert [(line.account, line.debit, line.credit) for line in entry.lines] == [
        ("4010", Decimal("3.00"), Decimal("0.00")),
        ("1200", Decimal("0.00"), Decimal("3.00")),
    ]
    assert list(TARGET.entries(datetime(2099, 1, 1, tzinfo=UTC), settings=sandbox.settings())) == []


def test_a_forgotten_key_is_sent_anew_as_partners_do(sandbox, key):
    TARGET.send(journal(), key=key, settings=sandbox.settings())
    sandbox.ask("forget", {})

    TARGET.send(journal(), key=key, settings=sandbox.settings())

    assert sandbox.rows(f"SELECT count(*) FROM document WHERE key = '{key}'") == [(2,)]
