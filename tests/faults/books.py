"""What every test of a ledger that goes wrong does with it, and asks of it in the end."""

import threading
from contextlib import contextmanager
from itertools import groupby

from django.utils import timezone

from billing_portal.access.actor import system_actor
from integrations.outbox import services
from integrations.outbox.models import OutboxMessage

MIX = {"ok": 90, "drop_response": 4, "reset": 3, "blackhole": 1}


@contextmanager
def mixed(proxy):
    """Let a proxy go wrong by chance, in every way; all goes through once it is over."""
    proxy.mix(**MIX)
    yield
    proxy.tell("ok")
    assert all(proxy.counts[mode] for mode in MIX), proxy.counts


@contextmanager
def forgetting(sandbox):
    """Let the ledger know no key, over and over, as a partner without idempotency does."""
    over = threading.Event()

    def forget():
        while not over.wait(0.2):
            try:
                sandbox.ask("forget", {})
            except OSError:
                continue  # it was killed just now

    thread = threading.Thread(target=forget)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def replay_what_waits_for_a_person():
    """As a person would, once the faults are over."""
    for message in OutboxMessage.objects.for_a_person().order_by("pk"):
        services.replay(
            message=message,
            by=system_actor("tests"),
            reason="The faults are over.",
            at=timezone.now(),
        )


def assert_all_are_in_once_and_in_order(sandbox):
    """The ledger beside what was asked: no more, no less, and each order as it was asked."""
    held = sandbox.rows("SELECT key, command FROM document ORDER BY id")
    asked = list(OutboxMessage.objects.order_by("order_key", "position"))
    assert sorted(held) == sorted((message.key, message.payload) for message in asked)
    place = {key: at for at, (key, _command) in enumerate(held)}
    for order, messages in groupby(asked, key=lambda message: message.order_key):
        places = [place[message.key] for message in messages]
        assert places == sorted(places), order
