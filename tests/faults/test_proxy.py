"""One message to a real ledger through each fault: applied once, and known to be."""

import pytest

from integrations.outbox.delivering import deliver_next
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import Breaker, OutboxMessage
from tests.factories.outbox import DestinationFactory, OutboxMessageFactory
from tests.faults.proxy import BLACKHOLE, DROP, OK, REFUSE, RESET

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(proxy):
    ledger = DestinationFactory(
        name="ledger", url=proxy.url, read_seconds=1, request_limit_seconds=1, retry_seconds=1
    )
    return OutboxMessageFactory(destination=ledger)


def documents(sandbox):
    return sandbox.rows("SELECT count(*), count(DISTINCT key) FROM document")[0]


def deliver(message):
    """One delivery, as if its time had come."""
    Breaker.objects.update(open_until=None)
    OutboxMessage.objects.filter(pk=message.pk).update(due_at="2020-01-01T00:00:00Z")
    assert deliver_next()
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize(
    ("mode", "state", "applied"),
    [
        (OK, OutboxState.CONFIRMED, 1),
        (REFUSE, OutboxState.PENDING, 0),
        (BLACKHOLE, OutboxState.UNKNOWN, 0),
        (DROP, OutboxState.UNKNOWN, 1),
        (RESET, OutboxState.UNKNOWN, 1),
    ],
)
def test_a_fault_is_known_for_what_it_leaves_open(proxy, sandbox, message, mode, state, applied):
    proxy.tell(mode)

    assert deliver(message) == state
    assert documents(sandbox)[0] == applied

    proxy.tell(OK)
    if state != OutboxState.CONFIRMED:
        assert deliver(message) == OutboxState.CONFIRMED
    assert documents(sandbox) == (1, 1)


@pytest.mark.parametrize("fault", ["fail", "apply_then_fail", "drop_answer"])
def test_a_ledger_that_fails_holds_it_once_in_the_end(sandbox, message, fault):
    sandbox.tell(fault)

    assert deliver(message) == OutboxState.UNKNOWN
    assert deliver(message) == OutboxState.CONFIRMED
    assert documents(sandbox) == (1, 1)


def test_a_ledger_that_forgets_keys_holds_it_once_all_the_same(proxy, sandbox, message):
    proxy.tell(DROP)
    deliver(message)
    sandbox.ask("forget", {})
    proxy.tell(OK)

    assert deliver(message) == OutboxState.CONFIRMED
    assert documents(sandbox) == (1, 1)
