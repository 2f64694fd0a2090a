"""Making cases, many at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import shared_columns
from cases.work.details import DetailsRefused
from cases.work.findings import Finding
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from cases.work.types import CASE_TYPES, CaseType

# The reference is the case type's prefix and a number of six digits or more; numbers may have gaps.
INSERT = sql.SQL(
    "WITH written AS ("
    " INSERT INTO cases_case ({columns}) SELECT {values}"
    " FROM jsonb_populate_recordset(NULL::cases_case, %(rows)s) AS w"
    " CROSS JOIN LATERAL (SELECT nextval('cases_reference')::text AS digits"
    "  WHERE w.key IS NOT NULL) AS number"
    " ON CONFLICT (key) DO NOTHING RETURNING *),"
    " history AS ("
    " INSERT INTO cases_historicalcase"
    " (id, {columns}, history_change_reason, history_type, history_user_id)"
    " SELECT written.id, {written}, r.reason, '+', %(by)s"
    " FROM written JOIN jsonb_to_recordset(%(rows)s) AS r (key text, reason text) USING (key))"
    " SELECT id, key, public_id FROM written"
)
COMPUTED: dict[str, sql.Composable] = {
    "public_id": sql.SQL("gen_random_uuid()"),
    "created_at": sql.SQL("statement_timestamp()"),
    "reference": sql.SQL(
        "w.reference || '-' || lpad(number.digits, greatest(6, length(number.digits)), '0')"
    ),
}


@dataclass(frozen=True, slots=True)
class NewCase:
    """A finding and where it goes: its queue, and by when it is to be touched and resolved.

    `deadline_on` and `deadline_at` are those of law or contract, if a rule is configured.
    """

    finding: Finding
    queue_id: int
    first_touch_due_at: datetime
    resolve_due_at: datetime
    deadline_on: date | None = None
    deadline_at: datetime | None = None


@transaction.atomic
def insert_many(*, new: Sequence[NewCase], by: User, at: datetime) -> dict[str, int]:
    """Make the cases that do not exist yet, with history and audit; returns their ids by key.

    Two makers of the same key: the second waits and makes nothing; keys are made in their order, so
    that none waits for the other in a circle. Raises DetailsRefused when details do not fit their
    case type; then nothing is made.
    """
    by_key = {each.finding.key: each for each in new}
    rows = [_row(by_key[key], at=at) for key in sorted(by_key)]
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"rows": json.dumps(rows, default=str), "by": by.pk})
        made = cursor.fetchall()
    audit.record_many(
        (_event(case_id, by_key[key], public_id) for case_id, key, public_id in made), by=by
    )
    return {key: case_id for case_id, key, _ in made}


def _row(new: NewCase, *, at: datetime) -> dict[str, Any]:
    finding = new.finding
    case_type = CASE_TYPES.get(finding.case_type)
    _check_details(finding, case_type)
    return {
        "reference": case_type.prefix,
        "case_type": finding.case_type,
        "key": finding.key,
        "queue_id": new.queue_id,
        "facility_id": finding.facility_id,
        "payer_id": finding.payer_id,
        "claim_id": finding.claim_id,
        "remittance_id": finding.remittance_id,
        "account_id": finding.account_id,
        "vendor_invoice_id": finding.vendor_invoice_id,
        "title": finding.title,
        "code": finding.code,
        "category": finding.category,
        "status": CaseStatus.NEW,
        "amount_at_risk": finding.amount,
        "currency": finding.currency,
        "cycle": finding.cycle,
        "opened_at": at,
        "first_touch_due_at": new.first_touch_due_at,
        "resolve_due_at": new.resolve_due_at,
        "deadline_on": new.deadline_on,
        "deadline_at": new.deadline_at,
        "details": finding.details.as_json(),
        "version": 1,
        "reason": finding.reason,
    }


def _check_details(finding: Finding, case_type: CaseType) -> None:
    if type(finding.details) is not case_type.details:
        message = f"{finding.key} has no {case_type.details.__name__}."
        raise DetailsRefused(message)


def _statement() -> sql.Composed:
    names = [name for name in shared_columns(Case) if name != "id"]
    return INSERT.format(
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(
            COMPUTED.get(name, sql.SQL("w.{}").format(sql.Identifier(name))) for name in names
        ),
        written=sql.SQL(", ").join(
            sql.SQL("written.{}").format(sql.Identifier(name)) for name in names
        ),
    )


def _event(case_id: int, new: NewCase, public_id: object) -> audit.Event:
    finding = new.finding
    return audit.Event(
        chain=f"case:{case_id}",
        verb="case.opened",
        subject=f"case:{public_id}",
        reason=finding.reason,
        facts={
            "key": finding.key,
            "code": finding.code,
            "amount": finding.amount,
            "currency": finding.currency,
            "queue": new.queue_id,
        },
        correlation_id=finding.correlation_id,
    )
