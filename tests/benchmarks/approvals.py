"""Decisions through a chain of three steps, against pgbench doing the same SQL.

A write-off of $60,000 asks director, controller and CFO. Each decision leaves its act, the request,
history and an audit event; the last also resolves the case, records the effect, puts a message into
the outbox and tells who asked. What the portal sends for that is recorded, with its values; pgbench
sends it again, statement by statement, as the same role under the same settings to a copy of the
same house, so the tables' triggers and guards run in both.
"""

import os
import re
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.utils import timezone
from psycopg import ClientCursor

from billing_portal.accounts.models import User
from billing_portal.embedded.home import PortalHome
from cases.actions import approving
from cases.approvals.models import ApprovalRequest
from cases.approvals.services import Verdict
from cases.approvals.vocabulary import Act
from cases.effects.kinds import EFFECTS, CommandPlan
from cases.effects.models import Effect
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import RequestPayment
from tests.cluster import DATABASE, TestCluster, point
from tests.factories.approvers import approvers, asked, carrying_out, decided
from tests.factories.cases import CaseFactory
from tests.factories.effects import LedgerFactory

WORKERS, CHAINS, ROUNDS, HEADSTART = 4, 30, 3, 5.0
TARGET = 0.125
AMOUNT = "60000.00"
ROLES = ("rc_director", "controller", "cfo")
COPY = "house_approving"


@dataclass(frozen=True, slots=True)
class Order:
    """What one worker decides: which requests, by whom in turn."""

    requests: list[int]
    people: list[int]


def paying(decided: Any) -> list[CommandPlan]:
    """One message to the system that keeps the books."""
    words = (decided.currency, "write-off", decided.request_reference)
    return [CommandPlan(RequestPayment("patient", "P-1", decided.amount, *words), "bench")]


def work(order: Order, start: float) -> float:
    """Lead requests through their chains, the first before the start; when it was done."""
    connections["default"].close()
    people = people_of(order)
    lead_through(order.requests[0], people)
    time.sleep(max(0, start - time.monotonic()))
    for key in order.requests[1:]:
        lead_through(key, people)
    connections.close_all()
    return time.monotonic()


def people_of(order: Order) -> list[User]:
    """Who decides, in turn."""
    return [User.objects.get(pk=person) for person in order.people]


def lead_through(key: int, people: list[User]) -> None:
    """The decisions of one chain."""
    for person in people:
        seen = ApprovalRequest.objects.get(pk=key)
        verdict = Verdict(Act.APPROVE, "Fine", seen.version, seen.digest)
        approving.decide(approval=seen, verdict=verdict, by=person, at=timezone.now())


def furnish() -> list[Order]:
    """A case for every chain, each waiting for the director, shared out to the workers."""
    first = CaseFactory()
    somebody = approvers(first)
    LedgerFactory()
    requester, people = somebody("denial_specialist"), [somebody(role) for role in ROLES]
    approval = asked(first, requester, AMOUNT)
    for person in people:
        approval = decided(approval, person)
    cases = [
        CaseFactory(queue=first.queue, facility=first.facility) for _ in range(WORKERS * CHAINS)
    ]
    requests = [asked(case, requester, AMOUNT).pk for case in cases]
    return [Order(requests[n::WORKERS], [each.pk for each in people]) for n in range(WORKERS)]


def copied(cluster: TestCluster) -> str:
    """A fresh copy of the house; Django is pointed to it."""
    connections.close_all()
    cluster.cluster.drop_database(COPY)
    cluster.cluster.create_database(COPY, template=DATABASE)
    point(cluster.cluster, COPY)
    return cluster.cluster.app_url(COPY)


def decisions_a_second(cluster: TestCluster, orders: list[Order]) -> float:
    """All workers at once, each with requests of its own."""
    copied(cluster)
    start = time.monotonic() + HEADSTART
    connections.close_all()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        ended = max(pool.map(work, orders, repeat(start)))
    made = require_all_granted(orders) - WORKERS * len(ROLES)
    connections.close_all()
    return made / (ended - start)


class Tape:
    """What the portal sends, with its values, as pgbench takes it: a statement a line or more."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.is_inside = False

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Note a statement, and where its transaction begins or has ended."""
        self.stand(is_inside=context["connection"].in_atomic_block)
        asked = ClientCursor(context["connection"].connection)
        self.said += [asked.mogrify(sql, each) for each in (params if many else [params])]
        return execute(sql, params, many, context)

    def stand(self, *, is_inside: bool) -> None:
        """Inside a transaction from here, or outside."""
        if is_inside != self.is_inside:
            self.said.append("BEGIN" if is_inside else "COMMIT")
        self.is_inside = is_inside

    @property
    def script(self) -> str:
        """All that was said."""
        return "".join(f"{each};\n" for each in self.said)


def recorded(cluster: TestCluster, orders: list[Order]) -> str:
    """What the portal sends for some orders, each client of pgbench its own."""
    copied(cluster)
    script = "\\if false\n"
    for client, order in enumerate(orders):
        people, tape = people_of(order), Tape()
        with connection.execute_wrapper(tape):
            for key in order.requests:
                lead_through(key, people)
        tape.stand(is_inside=False)
        script += f"\\elif :client_id = {client}\n{tape.script}"
    return f"{script}\\endif\n"


def pgbench_a_second(cluster: TestCluster, orders: list[Order]) -> float:
    """The same SQL by pgbench's clients, each with requests of its own."""
    text = recorded(cluster, orders)
    url = copied(cluster)
    connections.close_all()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "approve.sql"
        path.write_text(text, encoding="utf-8")
        command = [str(cluster.cluster.bin / "pgbench"), "-n", "-c", str(WORKERS), "-j", "2"]
        command += ["-t", "1", "-f", str(path), url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stderr[-500:]
    decided = require_all_granted(orders)
    connections.close_all()
    return float(found[1]) * decided / WORKERS


def require_all_granted(orders: list[Order]) -> int:
    """How many decisions there were, each chain to its end."""
    requests = [key for order in orders for key in order.requests]
    granted = ApprovalRequest.objects.filter(pk__in=requests, state="approved").count()
    assert granted == len(requests), f"{granted} of {len(requests)} were granted"
    assert OutboxMessage.objects.count() == Effect.objects.count() == len(requests) + 1
    return len(requests) * len(ROLES)


def run() -> list[dict[str, Any]]:
    """The median of interleaved rounds."""
    rounds = int(os.environ.get("BENCH_RUNS", ROUNDS))
    EFFECTS._held = carrying_out(paying)
    home = PortalHome(Path(tempfile.mkdtemp(prefix="bp-approving-")))
    home.root.chmod(0o711)
    cluster = TestCluster(home)
    try:
        cluster.renew()
        orders = furnish()
        found = [
            (pgbench_a_second(cluster, orders), decisions_a_second(cluster, orders))
            for _ in range(rounds)
        ]
    finally:
        cluster.remove()
    ratios = sorted(ours / theirs for theirs, ours in found)
    return [
        {
            "name": "approvals_vs_pgbench",
            "ratio": round(ratios[rounds // 2], 3),
            "against": "pgbench doing the same SQL",
            "target": f">= {TARGET}",
            "runs": rounds,
            "detail": f"{sorted(ours for _, ours in found)[rounds // 2]:.0f} decisions/s",
        }
    ]
