"""Taking a worklist out as a file: exactly its cases, in its order, with its columns; on record.

Patients are masked, unless somebody who may reveal them asks for their names: then every case keeps
in its own chain that it was taken out with the name.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from billing_portal.access.grants import may
from billing_portal.access.roles import EXPORT, REVEAL
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.tables import harmless
from cases.views.columns import Column
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from integrations.canonical.masking import masked_name

MOST = 10_000
CHUNK = 1_000
HEADINGS: dict[str, tuple[str, ...]] = {
    "due": ("Resolve by",),
    "case": ("Case", "Title", "Patient"),
    "payer": ("Payer", "Reason", "Category"),
    "queue": ("Queue",),
    "facility": ("Facility",),
    "amount": ("At stake", "Currency"),
    "age": (),
    "opened": ("Opened",),
    "next": ("Status",),
    "status": ("Status",),
    "owner": ("Owner",),
}
Cell = str | Decimal


class ExportRefused(DomainError):
    """This role takes no cases out, or not so many, or not with names."""

    code = "export_refused"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: its headings, and its rows as they are read."""

    headings: list[str]
    rows: Iterator[list[Cell]]


@transaction.atomic
def export(
    *,
    cases: QuerySet[Case],
    order: Sequence[str],
    columns: Sequence[Column],
    query: str,
    by: User,
    with_names: bool = False,
) -> Sheet:
    """The cases of a view as rows of text, and the record that they were taken out.

    `cases` come from `Case.objects.visible_to(by)`. The record holds how many, and the digest of
    the query. Raises ExportRefused.
    """
    if not may(by, EXPORT):
        raise ExportRefused("Your role does not take cases out. A user administrator can grant it.")
    if with_names and not may(by, REVEAL):
        raise ExportRefused("Your role sees patients masked, and takes them out masked.")
    ids = list(cases.order_by(*order).values_list("pk", "public_id")[: MOST + 1])
    if len(ids) > MOST:
        raise ExportRefused(f"At most {MOST:,} cases in one file. Narrow the list first.")
    _record(ids=ids, query=query, by=by, with_names=with_names)
    keys = list(dict.fromkeys(column.key for column in columns))
    headings = list(dict.fromkeys(name for key in keys for name in HEADINGS[key]))
    return Sheet(headings, _rows([pk for pk, _public in ids], headings, with_names=with_names))


def _rows(ids: list[int], headings: list[str], *, with_names: bool) -> Iterator[list[Cell]]:
    """The cases in the order of their keys given, some at a time."""
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        found = Case.objects.filter(pk__in=some).select_related(
            "queue", "facility", "payer", "claim__patient", "owner"
        )
        held = {case.pk: case for case in found}
        for pk in some:
            cells = cells_of(held[pk], with_names=with_names)
            yield [cells[name] for name in headings]


def cells_of(case: Case, *, with_names: bool) -> dict[str, Cell]:
    """Everything that a file can say of a case. No text of it is a formula."""
    texts = {
        "Resolve by": case.resolve_due_at.isoformat(),
        "Case": case.reference,
        "Title": case.title,
        "Patient": patient_of(case, with_name=with_names),
        "Payer": case.payer.name if case.payer else "",
        "Reason": case.code,
        "Category": case.category,
        "Queue": case.queue.name,
        "Facility": case.facility.name,
        "Currency": case.currency,
        "Opened": case.opened_at.isoformat(),
        "Status": CaseStatus(case.status).label,
        "Owner": str(case.owner) if case.owner else "",
    }
    return {name: harmless(text) for name, text in texts.items()} | {
        "At stake": case.amount_at_risk
    }


def patient_of(case: Case, *, with_name: bool) -> str:
    """The patient's name, masked unless asked for."""
    patient = case.claim.patient if case.claim else None
    if patient is None:
        return ""
    if with_name:
        return f"{patient.given_name} {patient.family_name}".strip()
    return masked_name(family_name=patient.family_name, given_name=patient.given_name)


def _record(*, ids: Sequence[tuple[int, object]], query: str, by: User, with_names: bool) -> None:
    digest = hashlib.sha256(query.encode()).hexdigest()
    if with_names:
        audit.record_many(
            (
                audit.Event(
                    chain=f"case:{pk}",
                    verb="case.exported",
                    subject=f"case:{public_id}",
                    reason="Exported with the patient's name",
                    facts={"query": digest},
                )
                for pk, public_id in ids
            ),
            by=by,
        )
    audit.record(
        chain=f"user:{by.pk}",
        verb="worklist.exported",
        subject="worklist",
        by=by,
        reason="Exported a worklist",
        query=digest,
        cases=len(ids),
        with_names=with_names,
    )
