"""Noting that somebody passed a case over."""

from datetime import date

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.priority.models import Skip, SkipReason
from cases.work.models import Case

MOST_SKIPS = 3


class SkipRefused(DomainError):
    """A case was not passed over."""

    code = "skip_refused"


@transaction.atomic
def note_skip(*, case: Case, by: User, reason: SkipReason, note: str, on: date) -> int:
    """Note a skip; returns how many of the queue this person has passed over on this day.

    Raises SkipRefused beyond three a day, or when another reason is not said.
    """
    if reason == SkipReason.OTHER and not note.strip():
        message = "Say what the other reason is."
        raise SkipRefused(message)
    passed = Skip.objects.filter(person=by, on=on, queue=case.queue_id).count()
    if passed >= MOST_SKIPS:
        message = (
            f"You passed over {MOST_SKIPS} cases of this queue today. Its lead was told;"
            " talk to them, or put the case back."
        )
        raise SkipRefused(message)
    Skip.objects.create(
        case=case, person=by, queue_id=case.queue_id, reason=reason, note=note.strip(), on=on
    )
    return passed + 1
