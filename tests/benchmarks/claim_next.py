"""Claim-next under sixteen workers, against pgbench doing the same writes.

Every worker is a process with its own connection and its own person. pgbench runs the same SQL that
a claim comes to (lock, update, history, event) as the application's role on a copy of the same
house, so the tables' triggers run in both.
"""

import os
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils import timezone
from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import shared_columns
from cases.actions import working
from cases.work.models import Case, Queue
from tests.benchmarks.houses import Server, served
from tests.cluster import point
from tests.generators.house_of_cases.loading import Loader

WORKERS, SECONDS, HEADSTART, ROUNDS, SIZE = 16, 4.0, 2.0, 3, 100_000
TARGET, SPREAD_TARGET = 0.25, 0.85
COPY = "house_claiming"
PLACE = """
UPDATE {table} AS t SET queue_id = ({queues})[1 + t.{key} %% {count}]
FROM cases_case AS c WHERE c.id = t.{key} AND c.owner_id IS NULL
AND c.status IN ('new', 'triaged', 'reopened')
"""
SAME = """
BEGIN;
SELECT id FROM cases_case WHERE queue_id = {queue} AND owner_id IS NULL
  AND status IN ('new', 'triaged', 'reopened')
  ORDER BY resolve_due_at, amount_at_risk DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED \\gset
UPDATE cases_case SET status = 'in_work', owner_id = {by}, version = version + 1,
  first_touched_at = coalesce(first_touched_at, now()) WHERE id = :id;
INSERT INTO cases_historicalcase
  ({columns}, history_change_reason, history_type, history_user_id)
  SELECT {columns}, 'Took the next case.', '~', {by} FROM cases_case WHERE id = :id;
INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)
  SELECT 'case:' || id, 'case.claim', 'case:' || public_id, 'Took the next case.',
    format('{{"next":true,"to":"%s","version":%s}}', status, version), '', {by}
  FROM cases_case WHERE id = :id;
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What one worker does: as whom, where, from when."""

    url: str
    username: str
    queue: int
    start: float


def work(order: Order) -> list[int]:
    """Take case after case; the keys of those taken."""
    point_at(order.url)
    by = User.objects.get(username=order.username)
    queue = Queue.objects.get(pk=order.queue)
    taken = []
    time.sleep(max(0, order.start - time.monotonic()))
    while time.monotonic() < order.start + SECONDS:
        case = working.claim_next(by=by, at=timezone.now(), queues=[queue])
        if case is not None:
            taken.append(case.pk)
    connections.close_all()
    return taken


def point_at(url: str) -> None:
    """This process speaks to this database."""
    server = Server.__new__(Server)
    connections["default"] = server.connect(url)


@contextmanager
def copied(server: Server, queues: list[int]) -> Iterator[str]:
    """A copy of the house in which all that waits stands in these queues; its address."""
    connections.close_all()
    server.cluster.drop_database(COPY)
    server.cluster.create_database(COPY, template=server.database(SIZE))
    with Loader.open(server.cluster.admin_url(COPY)) as loader:
        for table, key in (("cases_rank", "case_id"), ("cases_case", "id")):
            loader.run(
                sql.SQL(PLACE.replace("%%", "%")).format(
                    table=sql.Identifier(table),
                    key=sql.Identifier(key),
                    queues=sql.SQL("{}::bigint[]").format(sql.Literal(queues)),
                    count=sql.Literal(len(queues)),
                )
            )
        loader.run("ANALYZE cases_case, cases_rank")
    yield server.cluster.app_url(COPY)
    server.cluster.drop_database(COPY)


def claims_a_second(server: Server, queues: list[int]) -> float:
    """All workers at once, each in its queue. AssertionError when a case was taken twice."""
    with copied(server, queues) as url:
        start = time.monotonic() + HEADSTART
        orders = [
            Order(url, f"bench-{n + 1}", queues[n % len(queues)], start) for n in range(WORKERS)
        ]
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
            taken = [key for keys in pool.map(work, orders) for key in keys]
    twice = [key for key, times in Counter(taken).items() if times > 1]
    assert taken, "nothing was taken"
    assert not twice, f"{len(twice)} cases were given twice"
    return len(taken) / SECONDS


def pgbench_a_second(server: Server, queue: int) -> float:
    """The same writes by pgbench's clients."""
    with copied(server, [queue]) as url, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "claim.sql"
        columns = ", ".join(f'"{name}"' for name in shared_columns(Case))
        point(server.cluster, COPY)
        by = User.objects.get(username="bench-1").pk
        connections.close_all()
        script.write_text(SAME.format(queue=queue, by=by, columns=columns), encoding="utf-8")
        command = [str(server.cluster.bin / "pgbench"), "-n"]
        command += ["-c", str(WORKERS), "-j", "2", "-T", str(int(SECONDS)), "-f", str(script), url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        assert found, done.stderr[-500:]
        return float(found[1])


def run() -> list[dict[str, Any]]:
    """The medians of interleaved rounds."""
    rounds = int(os.environ.get("BENCH_RUNS", ROUNDS))
    with served() as server:
        point(server.cluster, server.database(SIZE))
        queues = list(Queue.objects.order_by("pk").values_list("pk", flat=True)[:WORKERS])
        found = [
            (
                pgbench_a_second(server, queues[0]),
                claims_a_second(server, queues[:1]),
                claims_a_second(server, queues),
            )
            for _ in range(rounds)
        ]
    floor = [one / least for least, one, _many in found]
    spread = [one / many for _least, one, many in found]
    said = f"{sorted(one for _, one, _ in found)[rounds // 2]:.0f} claims/s, none given twice"
    return [
        line("claim_next_vs_pgbench", floor, TARGET, "pgbench doing the same SQL", said),
        line("claim_next_one_queue", spread, SPREAD_TARGET, "the same workers on 16 queues", ""),
    ]


def line(
    name: str, ratios: list[float], target: float, against: str, detail: str
) -> dict[str, Any]:
    """One line of `make bench`; more is better."""
    return {
        "name": name,
        "ratio": round(sorted(ratios)[len(ratios) // 2], 3),
        "against": against,
        "target": f">= {target}",
        "runs": len(ratios),
        "detail": detail,
    }
