"""The rows of the lists of credits: federal clocks, and what payers hold outside of claims."""

from datetime import date

from django.urls import reverse

from cases.types.refund.provider_ledger import Balance
from cases.types.refund.queries import OpenClock
from cases.web.presenters import shown_money


class ClockRow:
    """One federal clock; its case opens for whoever sees it."""

    def __init__(self, held: OpenClock, *, today: date, is_seen: bool) -> None:
        case = held.case
        self.reference, self.title = case.reference, case.title
        self.url = reverse("cases:case", args=[case.public_id]) if is_seen else ""
        self.facility, self.payer, self.queue = case.facility, case.payer, case.queue
        self.amount = shown_money(case.amount_at_risk, case.currency)
        self.identified_on, self.due_on = held.clock.identified_on, held.due_on
        self.is_suspended, self.is_late = held.is_suspended(on=today), held.is_late(on=today)


class BalanceRow:
    """What one payer did under one reference."""

    def __init__(self, held: Balance, *, is_seen: bool) -> None:
        self.payer, self.reference = held.payer.name, held.reference
        self.claim = held.claim.patient_control_number if held.claim else ""
        self.case = held.case
        self.url = (
            reverse("cases:case", args=[held.case.public_id]) if held.case and is_seen else ""
        )
        self.lines = [
            (line.paid_on, line.trace, line.reason, shown_money(line.amount, held.currency))
            for line in held.lines
        ]
        self.returned = shown_money(held.returned, held.currency) if held.returned else ""
        self.open, self.is_open = shown_money(held.open, held.currency), held.open != 0
