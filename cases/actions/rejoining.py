"""Taking a merge or a split back, for all its cases at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import joining, moving
from cases.collaboration import services as collaboration
from cases.collaboration.models import CaseLink
from cases.collaboration.vocabulary import LinkKind
from cases.joining.models import Allotment
from cases.joining.queries import given_at
from cases.joining.services import give
from cases.joining.shares import Share
from cases.work.inverses import LastMove, last_moves
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case
from cases.work.services import Wanted
from cases.work.sets import any_text


class NotAsLeft(DomainError):
    """One of the cases was worked on after they were merged or split."""

    code = "not_as_left"


@transaction.atomic
def take_back(
    *, case: Case, last: LastMove, by: User, reason: str, at: datetime, seen_version: int
) -> Case:
    """Undo the merge or split that was the last move of a case; returns that case.

    What was given goes back to who gave it; a case that was split off ends, merged into the one it
    came from. Locks all cases of it in the order of their keys. Raises NotAsLeft when one of them
    was worked on since, JoinRefused when an appeal or another way rests on one by now, and what
    `move` raises; then nothing is changed.
    """
    given = given_at(case, version=last.version)
    versions = _versions(given)
    named = Case.objects.filter(key=any_text(versions))
    cases = joining.lock(list(named))
    _check(cases.values(), versions)
    joining.check_free(list(cases.values()))
    restores = {pk: move.restores for pk, move in last_moves(cases).items()}  # none of a new one
    is_split = last.verb is Verb.SPLIT
    if is_split:
        [made] = [held for held in cases.values() if held.key == given[0].holder]
        moving.move(
            case=made,
            verb=Verb.GIVE_BACK,
            by=by,
            reason=reason,
            at=at,
            seen_version=made.version,
            disposition=Disposition.DUPLICATE,
            queue_id=cases[given[0].giver_id].queue_id,
        )
    seen = {pk: held.version for pk, held in cases.items()} | {case.pk: seen_version}
    wanted = [Wanted(pk, reason, restored, seen[pk]) for pk, restored in restores.items()]
    moving.move_many(wanted=wanted, verb=Verb.UNDO, by=by, at=at)
    _return(given, cases)
    _relink(given, cases, is_split=is_split, by=by, reason=reason)
    joining.tell(versions)
    return Case.objects.get(pk=case.pk)


def _versions(given: Sequence[Allotment]) -> dict[str, int]:
    """The version that each case was left at, by key."""
    gave = {each.giver.key: each.giver_version for each in given}
    return gave | {each.holder: each.holder_version for each in given}


def _check(cases: Collection[Case], versions: Mapping[str, int]) -> None:
    for case in cases:
        if case.version != versions[case.key]:
            message = f"{case} was worked on since. Nothing was undone."
            raise NotAsLeft(message)


def _return(given: Sequence[Allotment], cases: Mapping[int, Case]) -> None:
    """Each part to who gave it; both cases have moved on by one version."""
    keeper = next(case for case in cases.values() if case.key == given[0].holder)
    for giver_id in {each.giver_id for each in given}:
        give(
            shares=[Share(e.claim_id, e.item) for e in given if e.giver_id == giver_id],
            giver=keeper,
            giver_version=keeper.version + 1,
            holder=cases[giver_id].key,
            holder_version=cases[giver_id].version + 1,
        )


def _relink(
    given: Sequence[Allotment],
    cases: Mapping[int, Case],
    *,
    is_split: bool,
    by: User,
    reason: str,
) -> None:
    """What was merged is linked no longer; what was split off leads to where it came from."""
    keeper = next(case for case in cases.values() if case.key == given[0].holder)
    if is_split:
        giver, kind = cases[given[0].giver_id], LinkKind.MERGED
        collaboration.join(case=keeper, other=giver, kind=kind, by=by, reason=reason)
        return
    givers = sorted({each.giver_id for each in given})
    links = CaseLink.objects.filter(case__in=givers, other=keeper, kind=LinkKind.MERGED)
    for link in links.select_related("case", "other").order_by("pk"):
        collaboration.part(link=link, by=by, reason=reason)
