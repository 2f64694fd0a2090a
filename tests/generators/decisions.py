"""Thousands of requests for approval that each wait for their last decision.

Two are asked for as people ask, one to write a denial off and one to pay a patient back; the others
are copies of these over amounts of their own, written by sets of rows with their history.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import insert_history, save_because
from cases.approvals.models import ApprovalAct, ApprovalRequest
from cases.approvals.sealing import Payee, canonical, digest, standing_of, unsealed
from cases.approvals.vocabulary import Matter
from cases.work.models import Case
from integrations.outbox.models import Destination
from tests.factories.approvers import approvers, asked
from tests.factories.base import REASON
from tests.factories.cases import CaseFactory
from tests.factories.effects import LedgerFactory
from tests.factories.refunds import credit

Row = TypeVar("Row", bound=models.Model)
REFUND_EVERY = 10
FIRST_AMOUNT = Decimal("100.00")
AT_ONCE = 1000  # rows of one statement
OWN = {"id", "public_id", "created_at", "updated_at", "recorded_at"}
COPIED = "WITH copied AS (SELECT * FROM {table} WHERE id = ANY(%(made)s)) {history}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many requests wait, and any of these people may give the last word on each."""

    requests: int
    people: list[User]


def waiting(count: int, *, people: int, ledger: Destination) -> Waiting:
    """One organisation whose books `ledger` keeps; every tenth request is a refund."""
    refund = credit(str(FIRST_AMOUNT))
    somebody = approvers(refund)
    LedgerFactory(destination=ledger)
    denial = CaseFactory(queue=refund.queue, facility=refund.facility)
    requester = somebody("denial_specialist")
    payee = Payee("patient", "patient-0")
    to_write_off = asked(denial, requester, str(FIRST_AMOUNT))
    to_refund = asked(
        refund, requester, str(FIRST_AMOUNT), matter=Matter.PATIENT_REFUND, payee=payee
    )
    refunds = count // REFUND_EVERY
    multiply(to_refund, refunds - 1)
    multiply(to_write_off, count - refunds - 1)
    return Waiting(count, [somebody("team_lead") for _ in range(people)])


@transaction.atomic
def multiply(request: ApprovalRequest, count: int) -> None:
    """Copies of a request, each about a case, an amount and a payee of its own.

    None is reminded of or escalated, which would change what was seen of it.
    """
    request.tell_at = timezone.now() + timedelta(days=1)
    save_because(request, by=system_actor("tests"), reason=REASON, fields=["tell_at"])
    case, word = Case.objects.get(pk=request.case_id), request.matter
    cases = [
        copied(
            case,
            reference=f"{case.reference}-{n}",
            key=f"{case.key}-{n}",
            amount_at_risk=FIRST_AMOUNT + Decimal(n) / 100,
        )
        for n in range(1, count + 1)
    ]
    keep(cases)
    requests = [
        copied(
            request,
            reference=f"{request.reference}-{n}",
            case_id=each.pk,
            amount=each.amount_at_risk,
            tier_amount=each.amount_at_risk,
            **sealed(request, each, f"{word}-{n}"),
        )
        for n, each in enumerate(cases, start=1)
    ]
    keep(requests)
    acts = [
        copied(act, request_id=each.pk, digest=each.digest)
        for act in request.acts.order_by("pk")
        for each in requests
    ]
    ApprovalAct.objects.bulk_create(acts, batch_size=AT_ONCE)


def copied(row: Row, **own: Any) -> Row:
    """The same once more but for its identity and what is its own. Not saved."""
    held = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in OWN
    }
    return type(row)(**held | own)


def sealed(request: ApprovalRequest, case: Case, payee: str) -> dict[str, Any]:
    """What a copy asks for, as text and digest, and the payee that ties it to nothing else."""
    was = unsealed(request.sealed)
    text = canonical(
        replace(
            was,
            case=str(case.public_id),
            standing=standing_of(case),
            amount=case.amount_at_risk,
            payee=was.payee and replace(was.payee, identifier=payee),
        )
    )
    links = [f"{was.payee.kind}:{payee}"] if was.payee else []
    return {"sealed": text, "digest": digest(text), "links": links}


def keep(rows: list[Case] | list[ApprovalRequest]) -> None:
    """Write rows of one tracked model with their history, in two statements."""
    model = type(rows[0])
    model.objects.bulk_create(rows, batch_size=AT_ONCE)
    statement = sql.SQL(COPIED).format(
        table=sql.Identifier(model._meta.db_table),
        history=insert_history(model, rows="copied", kind="+"),
    )
    by = system_actor("tests")
    made = {"made": [row.pk for row in rows], "reason": REASON, "by": by.pk}
    with connection.cursor() as cursor:
        cursor.execute(statement, made)
