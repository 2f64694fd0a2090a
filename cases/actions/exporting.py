"""Taking a worklist out as a file: exactly its cases, in its order, with its columns; on record.

Patients are masked, unless somebody who may reveal them asks for their names: then every case keeps
in its own chain that it was taken out with the name.
"""

import hashlib
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet

from billing_portal.access.grants import may
from billing_portal.access.roles import EXPORT, REVEAL
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.tables import harmless
from cases.views.columns import Column
from cases.views.sheets import Cell, Sheet
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
AMOUNT = "At stake"


class ExportRefused(DomainError):
    """This role takes no cases out, or not so many, or not with names."""

    code = "export_refused"


class TooMany(ExportRefused):
    """More than one answer holds: a job can write them."""


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
    the query. Raises ExportRefused, and TooMany of it for more than one answer holds.
    """
    require(by, with_names=with_names)
    ids = list(cases.order_by(*order).values_list("pk", "public_id")[: MOST + 1])
    if len(ids) > MOST:
        raise TooMany(f"At most {MOST:,} cases in one answer.")
    if with_names:
        record_names(ids=ids, query=query, by=by)
    record(cases=len(ids), query=query, by=by, with_names=with_names)
    headings = headings_of(columns)
    return Sheet(headings, _rows([pk for pk, _public in ids], headings, with_names=with_names))


def require(by: User, *, with_names: bool) -> None:
    """Raises ExportRefused unless somebody may take cases out, and with names if asked for."""
    if not may(by, EXPORT):
        raise ExportRefused("Your role does not take cases out. A user administrator can grant it.")
    if with_names and not may(by, REVEAL):
        raise ExportRefused("Your role sees patients masked, and takes them out masked.")


def headings_of(columns: Sequence[Column]) -> list[str]:
    """What stands above the columns of a file."""
    keys = dict.fromkeys(column.key for column in columns)
    return list(dict.fromkeys(name for key in keys for name in HEADINGS[key]))


def _rows(ids: list[int], headings: list[str], *, with_names: bool) -> Iterator[list[Cell]]:
    """The cases in the order of their keys given, some at a time."""
    for start in range(0, len(ids), CHUNK):
        for case in in_order(Case.objects.all(), ids[start : start + CHUNK]):
            yield row_of(case, headings, with_names=with_names)


def in_order(cases: QuerySet[Case], keys: Sequence[int]) -> list[Case]:
    """Some of these cases with all that a file says, in the order of their keys. One query."""
    found = cases.filter(pk__in=keys).select_related(
        "queue", "facility", "payer", "claim__patient", "owner"
    )
    held = {case.pk: case for case in found}
    return [held[pk] for pk in keys if pk in held]


def row_of(case: Case, headings: Sequence[str], *, with_names: bool) -> list[Cell]:
    """A case as a row."""
    cells = cells_of(case, with_names=with_names)
    return [cells[name] for name in headings]


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
    return {name: harmless(text) for name, text in texts.items()} | {AMOUNT: case.amount_at_risk}


def patient_of(case: Case, *, with_name: bool) -> str:
    """The patient's name, masked unless asked for."""
    patient = case.claim.patient if case.claim else None
    if patient is None:
        return ""
    if with_name:
        return f"{patient.given_name} {patient.family_name}".strip()
    return masked_name(family_name=patient.family_name, given_name=patient.given_name)


def digest_of(query: str) -> str:
    """What the record keeps of an address: it may hold what was searched for."""
    return hashlib.sha256(query.encode()).hexdigest()


def record_names(*, ids: Sequence[tuple[int, object]], query: str, by: User) -> None:
    """Each case keeps in its own chain that it was taken out with the patient's name."""
    audit.record_many(
        (
            audit.Event(
                chain=f"case:{pk}",
                verb="case.exported",
                subject=f"case:{public_id}",
                reason="Exported with the patient's name",
                facts={"query": digest_of(query)},
            )
            for pk, public_id in ids
        ),
        by=by,
    )


def record(*, cases: int, query: str, by: User, with_names: bool) -> None:
    """Who took a list out keeps in their chain how many cases, and of which query."""
    audit.record(
        chain=f"user:{by.pk}",
        verb="worklist.exported",
        subject="worklist",
        by=by,
        reason="Exported a worklist",
        query=digest_of(query),
        cases=cases,
        with_names=with_names,
    )
