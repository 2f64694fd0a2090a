"""Invoices and orders that other people made: read with their own totals, or refused in words.

What a vendor's document comes to is checked against its own total: its lines less allowances plus
charges, tax and rounding. Two samples contradict themselves; they are read as they are, and marked.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.ports.protocols import (
    CONNECTORS,
    Event,
    InvoiceRead,
    MessageProblem,
    OrderRead,
)
from integrations.ports.purchasing import InvoiceFact

KINDS = {"ubl-invoice": "ubl", "ubl-order": "ubl", "cii-invoice": "cii", "cxml": "cxml"}
SMALL = 40_000
READ = {
    "ubl-invoice": {InvoiceRead: 102, MessageProblem: 2},
    "ubl-order": {OrderRead: 4, MessageProblem: 12},
    "cii-invoice": {InvoiceRead: 32},
    "cxml": {InvoiceRead: 1, OrderRead: 4, MessageProblem: 13},
}
CONTRADICT_THEMSELVES = (
    "not_validating_full_invoice_based_onTest_EeISI_300_CENfullmodel.ubl.xml",
    "UBL-CreditNote-2.0-Example.xml",
)


def samples(folder: Path, kind: str) -> Iterator[tuple[str, bytes]]:
    """The samples of a kind, each with its name."""
    for path in sorted((folder / kind).rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


@cache
def small(folder: Path, kind: str) -> list[bytes]:
    """The samples of a kind that are read in no time."""
    return [content for _name, content in samples(folder, kind) if len(content) < SMALL]


def read(kind: str, content: bytes) -> list[Event]:
    """What the kind's connector says of a file."""
    return list(CONNECTORS.get(KINDS[kind]).read([content]))


def invoices(folder: Path) -> Iterator[tuple[str, InvoiceFact]]:
    """Every invoice of the samples."""
    for kind in KINDS:
        for name, content in samples(folder, kind):
            for event in read(kind, content):
                if isinstance(event, InvoiceRead):
                    yield name, event.document


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_sample_is_read_or_refused_in_words(samples_folder, kind):
    found: Counter[type] = Counter()
    for name, content in samples(samples_folder, kind):
        [event] = read(kind, content)
        found[type(event)] += 1
        assert not isinstance(event, MessageProblem) or (event.is_fatal and event.reason), name

    assert found == READ[kind]


def test_every_total_is_what_its_parts_come_to_or_is_marked(samples_folder):
    marked = set()
    for name, invoice in invoices(samples_folder):
        parts = sum((line.amount for line in invoice.lines), Decimal(0))
        parts += invoice.charges - invoice.allowances + invoice.tax + invoice.rounding
        if invoice.total != parts:
            assert not invoice.is_balanced, name
            marked.add(name)

    assert len(marked) == len(CONTRADICT_THEMSELVES)
    assert all(any(each.endswith(name) for each in marked) for name in CONTRADICT_THEMSELVES)


def test_no_sample_names_its_bank_account_in_clear(samples_folder):
    digests = {invoice.vendor.bank_digest for _name, invoice in invoices(samples_folder)} - {""}

    assert digests
    assert {len(each) for each in digests} == {64}


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=20)
@given(data=st.data())
def test_no_bytes_whatever_raise(samples_folder, kind, data):
    contents = small(samples_folder, kind)
    content = bytearray(contents[data.draw(st.integers(0, len(contents) - 1))])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    assert len(read(kind, bytes(content))) == 1
