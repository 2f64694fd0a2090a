"""What the merge fields of an appeal's letter stand for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.wording import money
from cases.payers.queries import appeal_address
from cases.types.denial.appeals.merging import Table
from cases.types.denial.appeals.models import Appeal, ExhibitKind
from cases.types.denial.details import DenialDetails, LineDetails
from cases.work.models import Case

ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}


def values_of(appeal: Appeal, *, by: User, on: date) -> dict[str, Any]:
    """Every field's value; None or empty where nothing is known.

    `on` is the day of the letter, `by` who signs it. Three queries beside the case's own.
    """
    case, details = appeal.case, DenialDetails.from_json(appeal.case.details)
    return {
        **_patient(case),
        **_claim(case, details),
        **_denial(details, amount=appeal.amount_denied, code=case.code),
        **_appeal(appeal),
        "payer.name": case.payer.name if case.payer else "",
        "payer.appeal_address": appeal_address(case.payer_id),
        "facility.name": case.facility.name,
        "letter.date": on,
        "letter.signer": str(by),
    }


def _patient(case: Case) -> dict[str, Any]:
    patient = case.claim.patient if case.claim else None
    if patient is None:
        return {}
    return {
        "patient.name": f"{patient.given_name} {patient.family_name}".strip(),
        "patient.born_on": patient.born_on,
        "patient.member_id": patient.member_id,
    }


def _claim(case: Case, details: DenialDetails) -> dict[str, Any]:
    claim = case.claim
    return {
        "claim.number": claim.patient_control_number if claim else "",
        "claim.payer_number": details.payer_control_number,
        "claim.service_from": details.service_from,
        "claim.service_to": details.service_to or details.service_from,
        "claim.charge": details.charge,
        "claim.lines": lines_table(details, currency=case.currency),
    }


def lines_table(details: DenialDetails, *, currency: str) -> Table:
    """The lines of the contested decision."""
    header = ("Service", "Date", "Billed", "Paid", "Adjustments")
    return Table(header, tuple(_line(each, currency) for each in details.lines))


def _line(line: LineDetails, currency: str) -> tuple[str, ...]:
    service = " ".join(filter(None, [line.procedure or line.revenue_code, line.modifiers]))
    cuts = [f"{cut.group}-{cut.carc} {money(cut.amount, currency)}" for cut in line.adjustments]
    return (
        service,
        line.service_on.isoformat() if line.service_on else "",
        money(line.charge, currency),
        money(line.paid, currency),
        ", ".join([*cuts, *line.remarks]),
    )


def _denial(details: DenialDetails, **known: Any) -> Mapping[str, Any]:
    return {
        "denial.code": known["code"],
        "denial.words": details.words,
        "denial.decided_on": details.paid_on,
        "denial.remittance": details.trace,
        "denial.amount": known["amount"],
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    exhibits = list(appeal.exhibits.select_related("attachment").order_by("pk"))
    filed = [each.dated_on for each in exhibits if each.kind == ExhibitKind.FILING_PROOF]
    rows = tuple((ExhibitKind(each.kind).label, each.attachment.filename) for each in exhibits)
    return {
        "appeal.level": ORDINALS[appeal.level],
        "appeal.amount": appeal.amount_disputed,
        "appeal.argument": appeal.argument,
        "appeal.filed_first_on": min(filter(None, filed), default=None),
        "letter.enclosures": Table(("Document", "File"), rows),
    }
