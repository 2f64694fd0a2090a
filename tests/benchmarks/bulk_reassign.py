"""Giving ten thousand cases to somebody else, against one UPDATE plus INSERTs of the same rows.

From the frozen selection to the last row's result, job and all; the floor is one statement that
updates the same cases and inserts their history, and one that inserts their events, triggers and
all. Five thousand beside ten thousand show that it is linear.
"""

import os
import time
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone
from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import insert_history
from cases.actions import bulking
from cases.bulk.models import Batch, BatchStatus, BulkVerb, RowOutcome
from cases.jobs.services import work_next
from cases.work.models import Case
from tests.benchmarks.claim_next import COPY, SIZE
from tests.benchmarks.houses import Server, served
from tests.benchmarks.queue_page import result
from tests.cluster import point
from tests.generators.house_of_cases.people import LEAD

ROWS, ROUNDS, TARGET, LINEAR = 10_000, 3, 4.0, 1.2
FLOOR = sql.SQL(
    "WITH written AS (UPDATE cases_case SET owner_id = %(owner)s, status = 'assigned',"
    " version = version + 1 WHERE id = ANY (%(cases)s) RETURNING *) "
)
EVENTS = """
INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)
SELECT 'case:' || id, 'case.assign', 'case:' || public_id, %(reason)s,
       json_build_object('owner_id', owner_id, 'to', status, 'version', version)::text, '', %(by)s
FROM cases_case WHERE id = ANY (%(cases)s) ORDER BY 'case:' || id
"""


def renew(server: Server) -> tuple[User, User]:
    """A fresh copy of the house, and who gives to whom."""
    connections.close_all()
    server.cluster.drop_database(COPY)
    server.cluster.create_database(COPY, template=server.database(SIZE))
    point(server.cluster, COPY)
    return User.objects.get(username=LEAD), User.objects.get(username="bench-2")


def chosen(by: User, rows: int) -> Any:
    """Open cases that nobody has."""
    free = Case.objects.visible_to(by).claimable().order_by("pk")
    return Case.objects.visible_to(by).filter(pk__in=free.values("pk")[:rows])


def ours(server: Server, rows: int) -> float:
    """Seconds from the selection to the end of its job."""
    by, owner = renew(server)
    began = time.perf_counter()
    batch = bulking.freeze(
        cases=chosen(by, rows),
        query="/queues/all/",
        verb=BulkVerb.ASSIGN,
        arguments={"owner_id": owner.pk},
        reason="Rebalanced",
        by=by,
        at=timezone.now(),
    )
    bulking.start(batch=batch, by=by, at=timezone.now())
    while work_next(at=timezone.now()):
        pass
    seconds = time.perf_counter() - began
    batch = Batch.objects.get(pk=batch.pk)
    assert batch.status == BatchStatus.DONE, batch.status
    assert batch.rows.filter(outcome=RowOutcome.DONE).count() == rows
    return seconds


def floor(server: Server, rows: int) -> float:
    """Seconds for the same rows, written at once."""
    by, owner = renew(server)
    keys = list(chosen(by, rows).values_list("pk", flat=True))
    values = {"cases": keys, "owner": owner.pk, "by": by.pk, "reason": "Rebalanced"}
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        statement = FLOOR + insert_history(Case, rows="written", kind="~")
        cursor.execute(statement, values)
        cursor.execute(EVENTS, values)
    return time.perf_counter() - began


def run() -> list[dict[str, Any]]:
    """The medians of rounds, each with the floor, the half and the whole."""
    rounds = int(os.environ.get("BENCH_RUNS", ROUNDS))
    with served() as server:
        found = [
            (floor(server, ROWS), ours(server, ROWS // 2), ours(server, ROWS))
            for _ in range(rounds)
        ]
        connections.close_all()
        server.cluster.drop_database(COPY)
    whole = [full / least for least, _half, full in found]
    linear = [full / half / 2 for _least, half, full in found]
    against = "one UPDATE plus INSERTs of the same rows"
    said = f"{ROWS / sorted(full for *_, full in found)[rounds // 2]:,.0f} cases a second"
    return [
        result("bulk_reassign", whole, TARGET, against, said),
        result("bulk_reassign_linear", linear, LINEAR, "twice the half of it", ""),
    ]
