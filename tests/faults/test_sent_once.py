"""kill -9 of deliverers, ledger and PostgreSQL while thousands of journals go out through faults.

The ledger forgets every key at once, as a partner without idempotency does: that nothing is in
twice is our doing. In the end all are in, none twice, and each order in its order.
"""

import os
import random
import time

import psycopg
import pytest
from django.db import connections, transaction
from django.utils import timezone

from integrations.feed.models import Change, Record
from integrations.outbox import services
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from tests.cluster import DATABASE
from tests.factories.outbox import DestinationFactory, journal
from tests.faults.books import (
    assert_all_are_in_once_and_in_order,
    forgetting,
    mixed,
    replay_what_waits_for_a_person,
)
from tests.faults.deliverers import Deliverers
from tests.faults.test_kills import kill_postgres

ORDERS, EACH = 150, 20
DELIVERERS = 4
KILLS, LEDGER_KILLS, DATABASE_KILLS = 40, 3, 2
PATIENCE = 900.0


@pytest.fixture
def deliverers(server):
    """They work on a database that keeps what it has committed, as every one but a test's does."""
    with psycopg.connect(server.cluster.owner_url(DATABASE), autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {DATABASE} SET synchronous_commit = on")
    made = Deliverers(
        DELIVERERS,
        url=server.cluster.app_url(DATABASE),
        owner_url=server.cluster.owner_url(DATABASE),
    )
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
    with forgetting(sandbox):
        deliverers = request.getfixturevalue("deliverers")
        with mixed(proxy):
            in_the_middle = strike(server, sandbox, deliverers)
        deadline = time.monotonic() + PATIENCE
        while left := undone(server):
            assert time.monotonic() < deadline, f"{left} are not done"
            replay_what_waits_for_a_person()
            connections.close_all()
            time.sleep(1)

    assert in_the_middle >= (KILLS + LEDGER_KILLS + DATABASE_KILLS) * 3 // 4
    assert_all_are_in_once_and_in_order(sandbox)
    confirmed = OutboxMessage.objects.filter(state=OutboxState.CONFIRMED)
    told = Change.objects.filter(record=Record.OUTBOX).values("record_id").distinct()
    assert confirmed.count() == told.count() == ORDERS * EACH
