"""kill -9 of deliverers, ledger and PostgreSQL while thousands of journals go out through faults.

The ledger forgets every key at once, as a partner without idempotency does: that nothing is in
twice is our doing. In the end all are in, none twice, and each order in its order.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import psycopg
import pytest
from django.db import connections, transaction
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.embedded.home import CHECKOUT
from integrations.feed.models import Change, Record
from integrations.outbox import services
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import PostJournal, decode
from tests.cluster import DATABASE
from tests.factories.outbox import DestinationFactory, journal
from tests.faults.test_kills import kill_postgres

ORDERS, EACH = 150, 20
DELIVERERS = 4
KILLS, LEDGER_KILLS, DATABASE_KILLS = 40, 3, 2
PATIENCE = 900.0
MIX = {"ok": 90, "drop_response": 4, "reset": 3, "blackhole": 1}


class Deliverers:
    """So many processes at any time."""

    def __init__(self, server):
        environ = os.environ | {
            "DATABASE_URL": server.cluster.app_url(DATABASE),
            "DATABASE_OWNER_URL": server.cluster.owner_url(DATABASE),
            "DJANGO_SETTINGS_MODULE": "billing_portal.settings",
        }
        self.maker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.deliverers"],
            cwd=CHECKOUT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pids = [self.make() for _ in range(DELIVERERS)]

    def make(self):
        self.maker.stdin.write("another\n")
        self.maker.stdin.flush()
        return int(self.maker.stdout.readline())

    def kill(self, chance):
        """kill -9 of one, and another in its place."""
        at = chance.randrange(len(self.pids))
        os.kill(self.pids[at], signal.SIGKILL)
        self.pids[at] = self.make()

    def stop(self):
        os.killpg(self.maker.pid, signal.SIGKILL)
        self.maker.communicate()


@pytest.fixture
def deliverers(server):
    """They work on a database that keeps what it has committed, as every one but a test's does."""
    with psycopg.connect(server.cluster.owner_url(DATABASE), autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {DATABASE} SET synchronous_commit = on")
    made = Deliverers(server)
    yield made
    made.stop()


def ask_for_all(destination):
    """Journals of many orders, the orders' turns mixed."""
    turns = [order for order in range(ORDERS) for _ in range(EACH)]
    random.Random(1).shuffle(turns)
    for start in range(0, len(turns), 500):
        with transaction.atomic():
            for order in turns[start : start + 500]:
                services.add(
                    command=journal(f"{order + 1}.00", number=f"of order {order}"),
                    destination=destination,
                    order_key=f"case:{order}",
                    event_key=os.urandom(16).hex(),
                    correlation_id=f"order-{order}",
                    at=timezone.now(),
                )


def undone(server):
    """How many are not confirmed yet, asked beside Django."""
    with psycopg.connect(server.cluster.app_url(DATABASE)) as connection:
        return connection.execute(
            "SELECT count(*) FROM integrations_outboxmessage WHERE state <> 'confirmed'"
        ).fetchone()[0]


def forget_keys(sandbox, until):
    """Let the ledger know no key, over and over."""
    while not until.wait(0.2):
        try:
            sandbox.ask("forget", {})
        except OSError:
            continue  # it was killed just now


def replay_what_waits_for_a_person():
    """As a person would, once the faults are over."""
    for message in OutboxMessage.objects.for_a_person().order_by("pk"):
        services.replay(
            message=message,
            by=system_actor("tests"),
            reason="The faults are over.",
            at=timezone.now(),
        )


def strike(server, sandbox, deliverers):
    """All the kills, in the middle of things; returns how many of them were."""
    chance = random.Random(4)
    blows = (
        [lambda: deliverers.kill(chance)] * KILLS
        + [lambda: (sandbox.stop(), sandbox.start())] * LEDGER_KILLS
        + [lambda: kill_postgres(server)] * DATABASE_KILLS
    )
    chance.shuffle(blows)
    in_the_middle = 0
    for blow in blows:
        time.sleep(chance.uniform(0.2, 0.9))
        in_the_middle += undone(server) > 0
        blow()
    return in_the_middle


@pytest.mark.slow
def test_thousands_of_journals_are_each_in_once_and_in_order(server, sandbox, proxy, request):
    destination = DestinationFactory(
        name="ledger", url=proxy.url, read_seconds=3, request_limit_seconds=8, retry_seconds=1
    )
    ask_for_all(destination)
    proxy.mix(**MIX)
    over = threading.Event()
    forgetting = threading.Thread(target=forget_keys, args=(sandbox, over))
    forgetting.start()
    try:
        deliverers = request.getfixturevalue("deliverers")
        in_the_middle = strike(server, sandbox, deliverers)
        proxy.tell("ok")
        deadline = time.monotonic() + PATIENCE
        while left := undone(server):
            assert time.monotonic() < deadline, f"{left} are not done"
            replay_what_waits_for_a_person()
            connections.close_all()
            time.sleep(1)
    finally:
        over.set()
        forgetting.join()

    assert in_the_middle >= (KILLS + LEDGER_KILLS + DATABASE_KILLS) * 3 // 4
    assert all(proxy.counts[mode] for mode in MIX), proxy.counts
    assert_all_are_in_once_and_in_order(sandbox)


def assert_all_are_in_once_and_in_order(sandbox):
    """The ledger beside what was asked: no more, no less, and each order as it was asked."""
    held = sandbox.rows("SELECT key, command FROM document ORDER BY id")
    asked = OutboxMessage.objects.order_by("order_key", "position")
    twice = [key for key, times in Counter(key for key, _command in held).items() if times > 1]
    assert twice == []
    assert len(held) == ORDERS * EACH
    assert {key for key, _command in held} == {message.key for message in asked}
    place = {key: at for at, (key, _command) in enumerate(held)}
    for order in range(ORDERS):
        places = [place[message.key] for message in asked.filter(order_key=f"case:{order}")]
        assert places == sorted(places)
    assert all(isinstance(decode(command), PostJournal) for _key, command in held)
    assert OutboxMessage.objects.filter(state=OutboxState.CONFIRMED).count() == len(held)
    told = Change.objects.filter(record=Record.OUTBOX).values("record_id").distinct().count()
    assert told == len(held)
