"""Commands are stored and sent as one text that says exactly what they do."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.ports.commands import (
    COMMANDS,
    CommandUnreadable,
    JournalLineCommand,
    PostJournal,
    ReleaseInvoice,
    RequestPayment,
    TargetSettings,
    decode,
    encode,
)

CENTS = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2)
WORDS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
DAYS = st.dates()
LINES = st.builds(JournalLineCommand, account=WORDS, debit=CENTS, credit=CENTS, text=WORDS)
JOURNALS = st.builds(
    PostJournal,
    entity=WORDS,
    journal=WORDS,
    posting_on=DAYS,
    original_on=DAYS,
    currency=WORDS,
    description=WORDS,
    lines=st.lists(LINES, max_size=4).map(tuple),
)
RELEASES = st.builds(
    ReleaseInvoice, vendor=WORDS, invoice_number=WORDS, amount=CENTS, currency=WORDS
)
PAYMENTS = st.builds(
    RequestPayment,
    payee_kind=WORDS,
    payee=WORDS,
    amount=CENTS,
    currency=WORDS,
    purpose=WORDS,
    reference=WORDS,
)


@given(st.one_of(JOURNALS, RELEASES, PAYMENTS))
def test_a_command_comes_back_from_its_text_as_it_was(command):
    assert decode(encode(command)) == command
    assert encode(decode(encode(command))) == encode(command)


def test_amounts_and_days_are_texts_and_keys_are_sorted():
    command = ReleaseInvoice("V-1", "INV 7", Decimal(1250), "USD")

    text = encode(command)

    assert text == (
        '{"amount":"1250.00","currency":"USD","invoice_number":"INV 7",'
        '"kind":"release_invoice","vendor":"V-1"}'
    )


def test_a_journal_comes_to_what_it_debits():
    journal = PostJournal(
        entity="north",
        journal="ADJ",
        posting_on=date(2026, 3, 2),
        original_on=date(2026, 2, 27),
        currency="USD",
        description="Contractual allowance",
        lines=(
            JournalLineCommand("4000", Decimal("125.50"), Decimal(0)),
            JournalLineCommand("4010", Decimal("0.50"), Decimal(0)),
            JournalLineCommand("1200", Decimal(0), Decimal("126.00")),
        ),
    )

    assert journal.total == Decimal("126.00")


def test_a_fraction_of_a_cent_is_refused():
    with pytest.raises(CommandUnreadable):
        encode(ReleaseInvoice("V-1", "INV 7", Decimal("1250.005"), "USD"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind":"pay_myself"}',
        '{"kind":"release_invoice"}',
        json.dumps({"kind": "release_invoice", "amount": 12.5}),
        json.dumps({"kind": "post_journal", "lines": [{"account": "1"}]}),
    ],
)
def test_what_is_no_command_is_refused(text):
    with pytest.raises(CommandUnreadable):
        decode(text)


def test_every_kind_of_command_is_known_by_its_kind():
    assert {command.kind for command in COMMANDS.values()} == set(COMMANDS)


def test_a_secret_is_not_shown():
    assert "hunter2" not in repr(TargetSettings(url="https://erp", secret="hunter2"))
