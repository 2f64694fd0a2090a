"""What an approved write-off of a denial does to the books.

Source of the rule: the house's journal templates: first from the reserve that the denial holds, the
rest to denial or, for a contractual reason, to contractual adjustments.
"""

from collections.abc import Sequence

from billing_portal.kernel.pure.money import ZERO
from cases.approvals.vocabulary import Matter
from cases.effects.kinds import Decided, EffectKind, JournalPlan
from cases.effects.queries import credited_to
from cases.effects.vocabulary import AccountRole, Template
from cases.types.denial.vocabulary import Category
from cases.work.lifecycle import Disposition


def plan(decided: Decided) -> Sequence[JournalPlan]:
    """The voucher of a write-off; `decided.amount` in the case's currency, the rest may follow."""
    case = decided.case
    held = credited_to(case, AccountRole.DENIAL_RESERVE)
    reserved = min(max(held, ZERO), decided.amount)
    rest = "contractual" if case.category == Category.CONTRACTUAL else "denial"
    return [
        JournalPlan(
            template=Template.DENIAL_WRITTEN_OFF,
            amounts={"reserved": reserved, rest: decided.amount - reserved},
            entity=case.facility,
            text=f"Denial written off, {case.reference}",
            event=decided.once(Template.DENIAL_WRITTEN_OFF),
        )
    ]


WRITE_OFF = EffectKind(
    key=Matter.WRITE_OFF.value,
    label="Denial write-off",
    plan=plan,
    disposition=Disposition.WRITTEN_OFF,
)
