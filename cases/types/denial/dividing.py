"""How a denial can be split, and what keeps it from being merged or split at all."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from cases.joining.queries import shares_of
from cases.joining.shares import Share, claim_of, named
from cases.types.denial import loading
from cases.types.denial.appeals.models import Appeal, Recourse
from cases.types.denial.appeals.models.ways import RecourseStatus
from cases.types.denial.detect import holding, states_of
from cases.types.denial.portions import pieces_of
from cases.work.lifecycle import CaseStatus
from cases.work.sets import any_id
from cases.work.types import Engaged, Item

UNDER_WAY = (RecourseStatus.PENDING, RecourseStatus.SENT)


def items_of(key: str) -> list[Item]:
    """The parts of the claims that the case of a key holds, with what is denied of each.

    Its own claim's first. Seven queries for any number of parts.
    """
    shares, codes = shares_of([claim_of(key)]), loading.code_map()
    claims = {share.claim_id for share in shares.held_by(key)}
    worth = loading.worth_folding(claims, codes)
    states = states_of(worth, codes)
    return [
        Item(named(Share(claim, piece.name)), piece.words, piece.codes, piece.denied)
        for claim in sorted(states, key=lambda each: (each != claim_of(key), each))
        for piece in pieces_of(states[claim], holding(claim, key, shares), codes)
    ]


def engaged(case_ids: Collection[int]) -> Mapping[int, Engaged]:
    """What is under way for which of the cases: an open appeal, else another way taken.

    A bill that was sent lasts as long as its case rests on it.
    """
    appealed = Appeal.objects.open().filter(case=any_id(case_ids)).values_list("case_id", flat=True)
    lasts = Q(status__in=UNDER_WAY) | Q(
        status=RecourseStatus.DONE, case__status=CaseStatus.RESOLVED
    )
    ways = Recourse.objects.filter(lasts, case=any_id(case_ids))
    found = dict.fromkeys(ways.values_list("case_id", flat=True), Engaged.OTHER_WAY)
    return found | dict.fromkeys(appealed, Engaged.APPEAL)
