"""What an approval would lead to, before it is given: nothing is written."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from billing_portal.kernel.pure.errors import DomainError
from cases.actions import posting
from cases.actions.approving import decided_of, digest_now
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import MONEYLESS
from cases.effects.kinds import EFFECTS
from cases.work.lifecycle import Disposition

UNCARRIED = "No installed case type carries this out."


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The vouchers, commands and checks, and how the case would end.

    None to book: the matter has no effect on the ledger, or `problem` says why it cannot be told.
    """

    ready: posting.Ready | None = None
    ending: Disposition | None = None
    problem: str = ""


def foreseen(*, approval: ApprovalRequest, at: datetime) -> Foreseen:
    """What the last approval would do at a moment. Who may give it is not asked here."""
    if approval.matter not in EFFECTS:
        return Foreseen(problem="" if approval.matter in MONEYLESS else UNCARRIED)
    ending = EFFECTS.get(approval.matter).disposition
    try:
        ready = posting.checked(
            decided=decided_of(approval, at=at),
            digest=approval.digest,
            found=partial(digest_now, approval),
            at=at,
        )
    except DomainError as refusal:
        return Foreseen(ending=ending, problem=str(refusal))
    return Foreseen(ready, ending)
