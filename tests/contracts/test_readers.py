"""What every installed connector promises, tried on messages in `tests/contracts/<key>/`.

A new connector is tried by putting messages there; nothing here needs to know it.
"""

from pathlib import Path

import pytest

from integrations.ports.protocols import (
    CONNECTORS,
    AccountRead,
    AcknowledgementRead,
    ClaimRead,
    Closed,
    DepositsRead,
    InvoiceRead,
    MessageProblem,
    Opened,
    OrderRead,
    ReceiptRead,
)

HERE = Path(__file__).parent
DOCUMENTS = InvoiceRead | OrderRead | ReceiptRead | DepositsRead
GARBAGE = [b"", b"\x00" * 4096, b"hello", b"\xff\xfe" * 2000, b"<html></html>", b"ISA" * 5000]
MESSAGES = [
    pytest.param(connector, path, id=f"{connector.key}-{path.name}")
    for connector in CONNECTORS
    for path in sorted((HERE / connector.key).glob("*"))
]


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda connector: connector.key)
def test_every_connector_has_messages_here(connector):
    assert [path for path in (HERE / connector.key).glob("*") if path.is_file()]


@pytest.mark.parametrize(("connector", "path"), MESSAGES)
def test_the_same_bytes_say_the_same(connector, path):
    content = path.read_bytes()

    first = list(connector.read([content]))

    assert first == list(connector.read([content]))
    assert first == list(connector.read(content[at : at + 13] for at in range(0, len(content), 13)))


def is_problem(event: object) -> bool:
    """Whether it may stand anywhere."""
    return isinstance(event, MessageProblem)


@pytest.mark.parametrize(("connector", "path"), MESSAGES)
def test_transactions_open_before_what_they_hold_and_close_after(connector, path):
    depth = 0
    for event in connector.read([path.read_bytes()]):
        if isinstance(event, Opened):
            depth += 1
        assert depth == (0 if isinstance(event, DOCUMENTS) else 1) or is_problem(event)
        if isinstance(event, Closed):
            depth -= 1
    assert depth == 0


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda connector: connector.key)
@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_in_words(connector, garbage):
    events = list(connector.read([garbage]))

    read = ClaimRead | AcknowledgementRead | AccountRead | DOCUMENTS
    assert not [event for event in events if isinstance(event, read)]
    assert any(isinstance(event, MessageProblem) and event.is_fatal for event in events)
