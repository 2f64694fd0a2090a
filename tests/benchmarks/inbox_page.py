"""The approval inbox with fifty thousand requests waiting, against the same page with a thousand.

Time, shared buffers and statements of the reader's own list, and of a page far down in it. Every
other request waits for somebody else.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connections, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg import sql

from billing_portal.embedded.home import PortalHome
from cases.approvals.models import ApprovalAct, ApprovalRequest
from cases.work.models import Case
from tests.benchmarks.houses import House, Server
from tests.benchmarks.queue_page import compared, observed, pairs, result, visit
from tests.cluster import DATABASE, TestCluster, point
from tests.factories.approvers import approvers, asked
from tests.factories.cases import CaseFactory
from tests.generators.house_of_cases.loading import Loader

SMALL, LARGE, DEPTH = 1_000, 50_000, 20
TARGET = 1.2
READER, AMOUNT = "director", "60000.00"
ELSEWHERE = "{role:cfo}"
MORE = """
INSERT INTO {table} ({columns}, {new})
SELECT {columns}, {values} FROM {table} AS t, {source} WHERE t.id = {first}
"""


def like(model: type[models.Model], first: int, source: str, **new: str) -> sql.Composed:
    """Rows that are as the first one but for the new columns, as many as the source has."""
    columns = [f.column for f in model._meta.concrete_fields if f.column not in {"id", *new}]
    return sql.SQL(MORE).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        new=sql.SQL(", ").join(map(sql.Identifier, new)),
        values=sql.SQL(", ").join(map(sql.SQL, new.values())),
        source=sql.SQL(source),
        first=sql.Literal(first),
    )


def fill(server: Server, size: int) -> str:
    """A database in which so many requests wait, and somebody who may decide every other one."""
    name = f"inbox_{size}"
    server.cluster.create_database(name, template=DATABASE)
    point(server.cluster, name)
    case = CaseFactory()
    somebody = approvers(case)
    request = asked(case, somebody("denial_specialist"), AMOUNT)
    act = request.acts.get()
    somebody("rc_director", username=READER)
    connections.close_all()
    numbers = f"generate_series(1, {size - 1}) AS n"
    cases = f"(SELECT id FROM cases_case WHERE id <> {case.pk}) AS c"
    requests = f"(SELECT id FROM cases_approvalrequest WHERE id <> {request.pk}) AS r"
    with Loader.open(server.cluster.admin_url(name)) as loader:
        new = {"public_id": "gen_random_uuid()", "reference": "'BENCH-' || n", "key": "'b' || n"}
        loader.run(like(Case, case.pk, numbers, **new))
        new = {"public_id": "gen_random_uuid()", "reference": "'BENCH-' || c.id", "case_id": "c.id"}
        new["requested_at"] = "requested_at + c.id * interval '1 second'"
        new["seats"] = f"CASE WHEN c.id % 2 = 0 THEN seats ELSE '{ELSEWHERE}' END"
        loader.run(like(ApprovalRequest, request.pk, cases, **new))
        loader.run(like(ApprovalAct, act.pk, requests, request_id="r.id"))
        loader.run("ANALYZE")
    return name


def statements(house: House, path: str) -> int:
    """How many statements a page asks."""
    with house.here(), CaptureQueriesContext(connections["default"]) as asked:
        house.client.get(path)
    return len(asked)


def deep(house: House, path: str) -> str:
    """The address of a later page."""
    with house.here(), observed():
        for _ in range(DEPTH):
            path = house.client.get(path).context["work"].next_url or path
    return path


@contextmanager
def inboxes() -> Iterator[tuple[House, House]]:
    """The one with few requests and the one with many, on one server."""
    settings.ALLOWED_HOSTS = ["*"]
    home = PortalHome(Path(tempfile.mkdtemp(prefix="bp-inboxes-")))
    home.root.chmod(0o711)
    held = TestCluster(home)
    try:
        held.renew()
        server = Server(held.cluster)
        names = {size: fill(server, size) for size in (SMALL, LARGE)}
        few, many = (House(size, name, server, READER) for size, name in names.items())
        yield few, many
    finally:
        connections.close_all()
        held.remove()
        shutil.rmtree(home.root, ignore_errors=True)


def run() -> list[dict[str, Any]]:
    """The page in both, what it asks, and a page far down in the large one."""
    path = reverse("cases:approvals")
    with inboxes() as (few, many):
        found = compared("inbox_page_50k_vs_1k", few, many, path, TARGET)
        asked = [statements(house, path) for house in (few, many)]
        far = deep(many, path)
        later = pairs(lambda: visit(many, path), lambda: visit(many, far))
    against = f"{path} at {SMALL:,} cases"
    deeper = [second.seconds / first.seconds for first, second in later]
    buffers = [second.buffers / first.buffers for first, second in later]
    page = f"page {DEPTH + 1}"
    touched = f"{page}, {median(second.buffers for _, second in later):.0f}"
    return [
        *found,
        result("inbox_page_statements", [asked[1] / asked[0]], 1, against, f"{asked[1]}"),
        result("inbox_page_deep", deeper, TARGET, "the first page", page),
        result("inbox_page_deep_buffers", buffers, TARGET, "the first page", touched),
    ]
