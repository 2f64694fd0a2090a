"""The Medicare credit balance report (CMS-838), when credits occur: what is open, for signature.

Since December 2024 no provider files it each quarter for its own sake; it is made when asked for.
Patients are named by their account's claim alone, never by name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.money import plain
from billing_portal.kernel.pure.tables import harmless
from billing_portal.kernel.pure.wording import money
from cases.actions import exporting
from cases.types.refund.detect import KEY
from cases.types.refund.models import Return
from cases.types.refund.queries import shares_of
from cases.types.refund.vocabulary import Reason, Way
from cases.views.sheets import Cell, Sheet
from cases.work.models import Case
from cases.work.querysets import CaseQuerySet
from integrations.canonical.models import PayerClass

HEADINGS = [
    "Case",
    "Facility",
    "Claim control number",
    "Payer control number",
    "First day of service",
    "Last day of service",
    "Paid on",
    "Credit balance",
    "Currency",
    "Reason",
    "Method of repayment",
]
METHODS = {
    Way.CLAIM_ADJUSTMENT: "Adjusted claim",
    Way.VOLUNTARY_REFUND: "Check",
    Way.RECOUP: "Recoupment",
}
REASONS = {
    Reason.DUPLICATE: "Duplicate payment",
    Reason.TWO_PRIMARIES: "Primary payment by another insurer",
}
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One credit of the report; `amount` is the payer's share, in `currency`."""

    case: Case
    amount: Decimal
    currency: str
    reason: str
    method: str

    @property
    def shown(self) -> str:
        """The amount in words."""
        return money(self.amount, self.currency)

    @property
    def paid_on(self) -> date | None:
        """By what statement it is known."""
        return self.case.account.stated_on if self.case.account else None


def rows_of(cases: CaseQuerySet) -> list[ReportRow]:
    """The open credits in which Medicare has a share, oldest first. Two queries."""
    held = list(
        cases.open()
        .filter(case_type=KEY, payer__payer_class=PayerClass.MEDICARE)
        .select_related("payer", "facility", "claim", "account")
        .order_by("opened_at", "pk")
    )
    returns = Return.objects.filter(case__in=held).order_by("pk")
    methods = {each.case_id: METHODS.get(Way(each.way), "") for each in returns}
    return [
        ReportRow(case, share, case.currency, reason_of(case), methods.get(case.pk, ""))
        for case in held
        if (share := shares_of(case).get(case.payer_id, Decimal(0))) > 0
    ]


def reason_of(case: Case) -> str:
    """Why, in the report's words."""
    first = case.details["suspicions"][0]["reason"]
    return REASONS.get(Reason(first), OTHER)


def total_words(rows: Sequence[ReportRow]) -> str:
    """What they come to, per currency."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, Decimal("0.00")) + row.amount
    return ", ".join(money(amount, currency) for currency, amount in sorted(sums.items()))


@transaction.atomic
def export(*, cases: CaseQuerySet, by: User) -> Sheet:
    """The report as rows of text, and the record that it was taken out. Raises ExportRefused."""
    exporting.require(by, with_names=False)
    rows = rows_of(cases)
    exporting.record(cases=len(rows), query="cms-838", by=by, with_names=False)
    return Sheet(HEADINGS, _cells(rows))


def _cells(rows: Sequence[ReportRow]) -> Iterator[list[Cell]]:
    for row in rows:
        claim = row.case.claim
        texts = [
            row.case.reference,
            row.case.facility.name,
            claim.patient_control_number if claim else "",
            claim.payer_control_number if claim else "",
            str(claim.service_from or "") if claim else "",
            str(claim.service_to or "") if claim else "",
            str(row.paid_on or ""),
            plain(row.amount),
            row.currency,
            row.reason,
            row.method,
        ]
        yield [harmless(text) for text in texts]
