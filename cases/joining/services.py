"""The only writer of what is given from case to case."""

from collections.abc import Collection

from django.db import transaction

from cases.joining.models import Allotment
from cases.joining.shares import Share, claim_of
from cases.work.models import Case


@transaction.atomic
def give(
    *,
    shares: Collection[Share],
    giver: Case,
    giver_version: int,
    holder: str,
    holder_version: int,
) -> list[Allotment]:
    """Let parts belong to the case of another key from now on.

    Whoever calls has locked the giver and moves both cases to the versions that are named.
    """
    return Allotment.objects.bulk_create(
        Allotment(
            claim_id=share.claim_id,
            item=share.item,
            holder=holder,
            holder_claim_id=claim_of(holder),
            holder_version=holder_version,
            giver=giver,
            giver_version=giver_version,
        )
        for share in sorted(shares)
    )
