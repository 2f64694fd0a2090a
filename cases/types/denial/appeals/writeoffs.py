"""What a write-off request asks of approvers: the amount, the file, and whether it was avoidable.

Source of the rule: the house's approval policies: what was lost for late filing or a missing
authorization could have been avoided, and goes one tier higher.
"""

from cases.approvals.asking import Ask
from cases.approvals.vocabulary import Matter
from cases.types.denial.appeals.models import Recourse
from cases.types.denial.vocabulary import Category
from cases.work.models import Case

AVOIDABLE = frozenset({Category.TIMELY_FILING, Category.AUTH})


def ask_for(recourse: Recourse) -> Ask:
    """What is to be approved; the patient ties it to other requests, by key and never by name."""
    case = recourse.case
    facts = {"proof": str(recourse.proof), "preventable_stage": recourse.preventable_stage}
    if is_avoidable(case):
        facts["avoidable"] = "yes"
    return Ask(
        matter=Matter.WRITE_OFF,
        amount=recourse.amount,
        currency=recourse.currency,
        accounts=accounts_of(case),
        evidence=tuple(sorted(set(case.attachments.values_list("sha256", flat=True)))),
        facts=facts,
    )


def is_avoidable(case: Case) -> bool:
    """Whether the reason is one that we could have avoided ourselves."""
    return case.category in AVOIDABLE


def accounts_of(case: Case) -> tuple[str, ...]:
    """Whose account it is."""
    claim = case.claim
    return (f"patient:{claim.patient_id}",) if claim and claim.patient_id else ()
