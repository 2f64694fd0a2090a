"""Decisions through a chain of three steps, against pgbench doing the same writes.

A write-off of $60,000 asks director, controller and CFO. Each decision leaves its act, the request,
history and an audit event; the last also resolves the case, records the effect, puts a message into
the outbox and tells who asked. pgbench does the same locks and writes, as the same role under the
same settings on a copy of the same house, so the tables' triggers and guards run in both. Neither
makes savepoints. What it does not do is read what a decision depends on (who sees the case and may
decide, what was done before, the checks before posting, who watches), or judge it.
"""

import os
import re
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.db import connections, models
from django.utils import timezone

from billing_portal.accounts.models import User
from billing_portal.embedded.home import PortalHome
from billing_portal.kernel.models.history import shared_columns
from cases.actions import approving
from cases.approvals.models import ApprovalRequest
from cases.approvals.services import Verdict
from cases.approvals.vocabulary import Act
from cases.effects.kinds import EFFECTS, CommandPlan
from cases.effects.models import Effect
from cases.work.models import Case
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
STEP = """
BEGIN;
SELECT c.id AS caseid FROM cases_case AS c JOIN cases_approvalrequest AS r ON r.case_id = c.id
  WHERE r.id = :id FOR UPDATE OF c \\gset
SELECT r.step AS step FROM cases_approvalrequest AS r JOIN cases_policyversion AS v
  ON v.id = r.policy_version_id WHERE r.id = :id FOR UPDATE OF r \\gset
INSERT INTO cases_approvalact (request_id, cycle, step, act, person_id, human, for_human, seats,
  digest, reason, at)
  SELECT id, cycle, step, 'approve', {by}, '', '', '{{}}', digest, 'Fine', now()
  FROM cases_approvalrequest WHERE id = :id;
UPDATE cases_approvalrequest SET version = version + 1, {change} WHERE id = :id;
INSERT INTO cases_historicalapprovalrequest
  ({request}, history_change_reason, history_type, history_user_id)
  SELECT {request}, 'Fine', '~', {by} FROM cases_approvalrequest WHERE id = :id;
INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)
  SELECT 'case:' || case_id, 'approval.approve', 'approval:' || public_id, 'Fine',
    format('{{"digest":"%s","step":%s}}', digest, step), '', {by}
  FROM cases_approvalrequest WHERE id = :id;
{last}
COMMIT;
"""
ON = (
    "step = step + 1, seats = '{{{seat}}}', told = 'nobody', tell_at = now(), due_at = NULL,"
    " step_since = now()"
)
OVER = "state = 'approved', decided_at = now(), tell_at = NULL, due_at = NULL, verdict = 'Fine'"
LAST = """
UPDATE cases_case SET status = 'resolved', disposition = 'written_off', resolved_at = now(),
  version = version + 1 WHERE id = :caseid;
INSERT INTO cases_historicalcase ({case}, history_change_reason, history_type, history_user_id)
  SELECT {case}, 'Approved', '~', {by} FROM cases_case WHERE id = :caseid;
INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)
  SELECT 'case:' || id, 'case.grant', 'case:' || public_id, 'Approved', '{{"to":"resolved"}}', '',
    {by} FROM cases_case WHERE id = :caseid;
INSERT INTO cases_effect ({effect}, case_id, event_key)
  SELECT {effect}, :caseid, gen_random_uuid() FROM cases_effect WHERE id = {an_effect};
INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)
  SELECT 'case:' || id, 'effect.made', 'case:' || public_id, 'Approved', '{{"event":"bench"}}', '',
    {by} FROM cases_case WHERE id = :caseid;
SELECT pg_advisory_xact_lock(hashtextextended('outbox/case:' || :caseid, 0));
INSERT INTO integrations_outboxmessage ({message}, order_key, event_key)
  SELECT {message}, 'case:' || :caseid, gen_random_uuid()
  FROM integrations_outboxmessage WHERE id = {a_message};
INSERT INTO cases_notification
  (public_id, user_id, kind, key, text, why, link, is_urgent, not_before)
  SELECT gen_random_uuid(), requested_by_id, 'approval', 'approved ' || id, 'Approved',
    'You asked for this.', '/approvals/' || public_id, false, now()
  FROM cases_approvalrequest WHERE id = :id;
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What one worker decides: which requests, by whom in turn, from when."""

    requests: list[int]
    people: list[int]
    start: float


def paying(decided: Any) -> list[CommandPlan]:
    """One message to the system that keeps the books."""
    words = (decided.currency, "write-off", decided.request_reference)
    return [CommandPlan(RequestPayment("patient", "P-1", decided.amount, *words), "bench")]


def work(order: Order) -> float:
    """Lead requests through their chains, the first before the start; when it was done."""
    connections["default"].close()
    people = [User.objects.get(pk=person) for person in order.people]
    lead_through(order.requests[0], people)
    time.sleep(max(0, order.start - time.monotonic()))
    for key in order.requests[1:]:
        lead_through(key, people)
    connections.close_all()
    return time.monotonic()


def lead_through(key: int, people: list[User]) -> None:
    """The decisions of one chain."""
    for person in people:
        seen = ApprovalRequest.objects.get(pk=key)
        verdict = Verdict(Act.APPROVE, "Fine", seen.version, seen.digest)
        approving.decide(approval=seen, verdict=verdict, by=person, at=timezone.now())


def furnish() -> tuple[list[int], list[int]]:
    """A case for every chain, each waiting for the director; the requests and the three people."""
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
    return [asked(case, requester, AMOUNT).pk for case in cases], [each.pk for each in people]


def copied(cluster: TestCluster) -> str:
    """A fresh copy of the house; Django is pointed to it."""
    connections.close_all()
    cluster.cluster.drop_database(COPY)
    cluster.cluster.create_database(COPY, template=DATABASE)
    point(cluster.cluster, COPY)
    return cluster.cluster.app_url(COPY)


def decisions_a_second(cluster: TestCluster, requests: list[int], people: list[int]) -> float:
    """All workers at once, each with requests of its own."""
    copied(cluster)
    start = time.monotonic() + HEADSTART
    connections.close_all()
    orders = [Order(requests[n::WORKERS], people, start) for n in range(WORKERS)]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        ended = max(pool.map(work, orders))
    granted = ApprovalRequest.objects.filter(pk__in=requests, state="approved").count()
    assert granted == len(requests), f"{granted} of {len(requests)} were granted"
    assert OutboxMessage.objects.count() == Effect.objects.count() == len(requests) + 1
    connections.close_all()
    return (len(requests) - WORKERS) * len(people) / (ended - start)


def pgbench_a_second(cluster: TestCluster, requests: list[int], people: list[int]) -> float:
    """The same locks and writes by pgbench's clients, each with requests of its own."""
    url = copied(cluster)
    text = script(requests[0], people)
    connections.close_all()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "approve.sql"
        path.write_text(text, encoding="utf-8")
        command = [str(cluster.cluster.bin / "pgbench"), "-n", "-D", "n=0", "-c", str(WORKERS)]
        command += ["-j", "2", "-t", str(CHAINS), "-f", str(path), url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stderr[-500:]
    assert ApprovalRequest.objects.filter(pk__in=requests, state="approved").count() == len(
        requests
    ), done.stderr[-500:]
    connections.close_all()
    return float(found[1]) * len(people)


def script(first: int, people: list[int]) -> str:
    """The three decisions of a chain."""
    last = LAST.format(
        by=people[-1],
        case=columns_of(shared_columns(Case)),
        effect=columns_of(columns(Effect, {"case_id", "event_key"})),
        message=columns_of(columns(OutboxMessage, {"order_key", "event_key"})),
        an_effect=Effect.objects.values_list("pk", flat=True).get(),
        a_message=OutboxMessage.objects.values_list("pk", flat=True).get(),
    )
    changes = [ON.format(seat=f"role:{role}") for role in ROLES[1:]] + [OVER]
    steps = [
        STEP.format(
            by=by,
            change=change,
            request=columns_of(shared_columns(ApprovalRequest)),
            last=last if change is OVER else "",
        )
        for by, change in zip(people, changes, strict=True)
    ]
    begin = f"\\set n :n + 1\n\\set id {first} + :client_id * {CHAINS} + :n - 1\n"
    return begin + "".join(steps)


def columns(model: type[models.Model], but: set[str]) -> list[str]:
    """A table's columns that a copy of a row takes over."""
    own = {"id", "public_id", "recorded_at", *but}
    return [field.column for field in model._meta.concrete_fields if field.column not in own]


def columns_of(names: list[str]) -> str:
    """Columns as SQL names them."""
    return ", ".join(f'"{name}"' for name in names)


def run() -> list[dict[str, Any]]:
    """The median of interleaved rounds."""
    rounds = int(os.environ.get("BENCH_RUNS", ROUNDS))
    EFFECTS._held = carrying_out(paying)
    home = PortalHome(Path(tempfile.mkdtemp(prefix="bp-approving-")))
    home.root.chmod(0o711)
    cluster = TestCluster(home)
    try:
        cluster.renew()
        requests, people = furnish()
        found = [
            (
                pgbench_a_second(cluster, requests, people),
                decisions_a_second(cluster, requests, people),
            )
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
