"""kill -9 of web, worker, beat, broker and PostgreSQL while people decide and the ledger is told.

The portal is `manage.py up` as it stands. Its ledger is the sandbox, behind a proxy that drops,
cuts and swallows answers, and it forgets every key at once. Approvers decide over HTTP and repeat
what was not answered. Once quiet every decision that was answered stands, what it leads to is in
the ledger once, to the cent and in its case's order, and every case is closed.

Fifty kills while 5,000 decisions run are the claim: `DECISIONS=5000` makes them all. By itself the
test makes 1,000 with 25 kills, so that the slow tests stay moderate.
"""

import json
import os
import random
import shutil
import sys
import time
from collections import Counter, deque
from datetime import UTC, datetime

import psutil
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.db.models import Count

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.accounts.services import make_token
from billing_portal.audit.models import AuditEvent
from billing_portal.audit.queries import verify
from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.postgres import DATABASE, Cluster
from cases.approvals.models import ApprovalAct, ApprovalRequest
from cases.approvals.vocabulary import Act, Matter, RequestState
from cases.effects.models import Effect, JournalLine
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from integrations.outbox.models import OutboxMessage
from tests.billing_portal.management.portal import STOP_SECONDS, Portal, until
from tests.cluster import TEMPLATE, point
from tests.factories.base import REASON
from tests.factories.outbox import DestinationFactory
from tests.faults.books import (
    assert_all_are_in_once_and_in_order,
    forgetting,
    mixed,
    replay_what_waits_for_a_person,
)
from tests.faults.deciders import ByApi, ByPage, Decider
from tests.generators.decisions import waiting
from tests.journeys.portal import migrate

DECISIONS = int(os.environ.get("DECISIONS", "1000"))
KILLS = min(50, DECISIONS // 40)
PEOPLE = 8
PASSWORD = "a-long-enough-password"
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
PATIENCE = 1200.0
BREATH = 2.0
"""Seconds between two kills: a supervisor gives up what falls more than five times a minute."""
SPREAD = 0.9
"""The part of the decisions over which the kills are spread."""
KINDS = {
    "web": "gunicorn",
    "worker": "--quiet worker",
    "beat": "--quiet beat",
    "broker": "valkey-server",
    "postgres": "bin/postgres",
}
EVENTS = {
    Matter.WRITE_OFF: ["denial_written_off"],
    Matter.PATIENT_REFUND: ["patient_credit", "patient_refund", "refund_payment"],
}


@pytest.fixture
def house(tmp_path_factory, django_db_blocker, proxy):
    """A home with everything but its decisions; the tests' Django looks into its database."""
    folder = tmp_path_factory.mktemp("decided")
    folder.chmod(0o711)
    home = PortalHome(folder)
    with django_db_blocker.unblock():
        migrate(home)
        with Cluster(home, quick=True) as cluster:
            cluster.drop_database(TEMPLATE)
            point(cluster, DATABASE)
            ledger = DestinationFactory(
                name="ledger",
                url=proxy.url,
                read_seconds=3,
                request_limit_seconds=8,
                retry_seconds=1,
            )
            made = waiting(DECISIONS, people=PEOPLE, ledger=ledger)
            connections.close_all()
        os.sync()  # or the first recovery does it, file by file
        yield home, made
        connections.close_all()
        shutil.rmtree(cluster.data)


@pytest.fixture
def portal(house):
    home, _made = house
    running = Portal(home.root).ready()
    yield running
    if not running.has_ended():
        running.process.terminate()
        running.process.wait(STOP_SECONDS)


def doors(portal, people):
    """Half of the people come by the API, half by the pages."""
    hasher = Argon2PasswordHasher()
    password = hasher.encode(PASSWORD, hasher.salt())
    User.objects.filter(pk__in=[each.pk for each in people]).update(password=password)
    by = system_actor("tests")
    for n, person in enumerate(people):
        if n % 2:
            yield ByPage(portal.port, person.username, PASSWORD)
        else:
            _row, token = make_token(
                user=person, label="Decisions", expires_at=NEVER, by=by, reason=REASON
            )
            yield ByApi(portal.port, token)


def strike(portal, work, chance):
    """All the kills, each kind once in every round; how many of each fell while people decided.

    Each waits until so many are decided, which chance says.
    """
    kinds = [
        kind
        for _ in range(KILLS // len(KINDS))
        for kind in chance.sample(sorted(KINDS), len(KINDS))
    ]
    moments = sorted(chance.uniform(0, DECISIONS * SPREAD) for _ in kinds)
    in_the_middle = Counter()
    for kind, moment in zip(kinds, moments, strict=True):
        time.sleep(BREATH)
        until(lambda moment=moment: DECISIONS - len(work) >= moment, seconds=PATIENCE)
        kill(portal, kind, chance)
        in_the_middle[kind] += bool(work)
    return in_the_middle


def kill(portal, kind, chance):
    """kill -9 of one service; of PostgreSQL the postmaster alone, or all of it."""
    child = until(lambda: portal.child(KINDS[kind]), seconds=PATIENCE)
    family = child.children(recursive=True) if kind == "postgres" and chance.random() < 0.5 else []
    for process in [child, *family]:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue  # it went with another


def settle(portal):
    """Until the ledger has confirmed all and every case is closed, the portal at work by itself."""
    connections.close_all()  # what was open before a kill is open no more
    deadline = time.monotonic() + PATIENCE
    while left := Case.objects.exclude(status=CaseStatus.CLOSED).count():
        assert time.monotonic() < deadline, f"{left} cases are not closed"
        assert not portal.has_ended(), portal.said[-3000:]
        replay_what_waits_for_a_person()
        connections.close_all()
        time.sleep(1)


@pytest.mark.slow
@pytest.mark.faults
def test_decisions_are_carried_out_once_whatever_is_killed(portal, house, sandbox, proxy, capsys):
    _home, made = house
    opened = list(doors(portal, made.people))
    work = deque(opened[0].waiting())
    seen = {each["id"] for each in work}
    deciders = [Decider(door, work, seed=n) for n, door in enumerate(opened)]
    began = time.monotonic()
    with forgetting(sandbox):
        with mixed(proxy):
            for each in deciders:
                each.start()
            in_the_middle = strike(portal, work, random.Random(50))
            for each in deciders:
                each.join(PATIENCE)
        decided = time.monotonic() - began
        settle(portal)

    measured = {
        "name": "decided_once",
        "decisions": DECISIONS,
        "kills_while_deciding": in_the_middle,
        "answers": sum((each.said for each in deciders), Counter()),
        "to_the_ledger": proxy.counts,
        "decisions_per_second": round(DECISIONS / decided, 1),
        "seconds_until_quiet": round(time.monotonic() - began),
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps(measured)}\n")
    assert [each.failure for each in deciders if each.failure] == []
    answered = sorted(each for decider in deciders for each in decider.answered)
    assert answered == sorted(seen)
    assert len(answered) == DECISIONS
    assert in_the_middle.total() >= KILLS * 3 // 4
    assert_each_was_decided_once()
    assert_each_was_booked_once(sandbox)
    assert verify().is_clean


def assert_each_was_decided_once():
    """One act, one request granted, one case closed, each on record once."""
    assert ApprovalRequest.objects.filter(state=RequestState.APPROVED).count() == DECISIONS
    acts = ApprovalAct.objects.filter(act=Act.APPROVE)
    assert acts.count() == acts.values("request").distinct().count() == DECISIONS
    for verb in ("approval.approve", "case.grant", "case.close"):
        told = AuditEvent.objects.filter(verb=verb)
        assert told.count() == told.values("chain").distinct().count() == DECISIONS, verb
    versions = Case.history.values("id", "version").annotate(times=Count("pk"))
    assert not versions.filter(times__gt=1).exists()


def assert_each_was_booked_once(sandbox):
    """What each decision leads to, no more and no less, in the ledger's own books."""
    assert_all_are_in_once_and_in_order(sandbox)
    order = {
        message.event_key: (message.order_key, message.position)
        for message in OutboxMessage.objects.iterator()
    }
    effects = sorted(Effect.objects.all(), key=lambda effect: order.pop(effect.event_key))
    assert order == {}
    events = {}
    for effect in effects:
        template, _, _of_request = effect.event.partition(":")
        events.setdefault(effect.request_reference, []).append((template, effect.amount))
    assert events == {
        request.reference: [(event, request.amount) for event in EVENTS[request.matter]]
        for request in ApprovalRequest.objects.iterator()
    }
    lines = JournalLine.objects.values_list(
        "journal__effect__event_key", "account__code", "debit", "credit"
    )
    held = sandbox.rows(
        "SELECT key, account, debit, credit FROM line JOIN document ON document.id = line.document"
        " WHERE kind = 'post_journal'"
    )
    assert Counter(held) == Counter(
        (key.hex, account, int(debit * 100), int(credit * 100))
        for key, account, debit, credit in lines
    )
