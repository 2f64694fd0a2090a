"""Sharing work out anew: a draft batch for everybody who gets something, done or undone as such."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import bulking
from cases.bulk.models import Batch, BulkVerb
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.visibility import LEAD_QUEUE, MayNotWork


class NothingToMove(DomainError):
    """The work is as even as it can be."""

    code = "nothing_to_move"


@transaction.atomic
def draft(
    *,
    plan: Mapping[int, Collection[int]],
    by: User,
    reason: str,
    query: str,
    at: datetime,
) -> list[Batch]:
    """Freeze who gets which cases, for a preview; changes no case.

    `plan` maps people to cases, both by primary key. Raises NothingToMove, MayNotWork for a queue
    that one does not lead, ReasonMissing.
    """
    if not plan:
        message = "The work is as even as single cases allow: nothing would move."
        raise NothingToMove(message)
    led = scope_ids(by, LEAD_QUEUE)
    made = []
    for owner_id, ids in sorted(plan.items()):
        cases = Case.objects.visible_to(by).filter(pk=any_id(ids))
        if cases.exclude(queue__in=led).exists():
            message = "Only who leads a queue shares its work out anew."
            raise MayNotWork(message)
        made.append(
            bulking.freeze(
                cases=cases,
                query=query,
                verb=BulkVerb.ASSIGN,
                arguments={"owner_id": owner_id},
                reason=reason,
                by=by,
                at=at,
            )
        )
    return made


@transaction.atomic
def apply(*, batches: Sequence[Batch], by: User, at: datetime) -> list[Batch]:
    """Do what was previewed; each batch at once, or as a job when it is long.

    Every case is judged again. Raises BatchRefused for somebody else's batch.
    """
    return [bulking.start(batch=batch, by=by, at=at) for batch in batches]
