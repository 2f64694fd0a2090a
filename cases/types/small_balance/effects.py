"""What a signed batch of small balances does to the books: one voucher for the site."""

from decimal import Decimal

from cases.approvals.vocabulary import Matter
from cases.effects.kinds import Decided, EffectKind, JournalPlan
from cases.effects.vocabulary import Template
from cases.types.small_balance.queries import still_owed
from cases.work.lifecycle import Disposition


def plan(decided: Decided) -> list[JournalPlan]:
    """All of it off the patients' receivable; `decided.amount` in the case's currency."""
    case = decided.case
    words = f"Small balances, {case.reference}"
    return [JournalPlan(Template.SMALL_BALANCE, {"amount": decided.amount}, case.facility, words)]


def receivable(decided: Decided) -> Decimal:
    """What the accounts of the batch still owe."""
    return still_owed(decided.case.small_balances)


EFFECTS = (
    EffectKind(
        key=Matter.SMALL_BALANCE,
        label=Matter.SMALL_BALANCE.label,
        plan=plan,
        disposition=Disposition.WRITTEN_OFF,
        receivable=receivable,
    ),
)
