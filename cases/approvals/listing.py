"""The lists of requests that one person reads: which there are, in which order, from where on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices

from billing_portal.access.grants import may
from billing_portal.access.roles import ARRANGE_DELEGATIONS
from billing_portal.accounts.models import User
from cases.approvals.models import ApprovalAct, ApprovalLimit, ApprovalRequest, Delegation
from cases.approvals.queries import waiting_for
from cases.approvals.vocabulary import VERDICTS

LIKE_IT = 5


class Listing(TextChoices):
    """Which requests a list holds."""

    MINE = "mine", "Mine"
    DELEGATED = "delegated", "Delegated to me"
    TEAM = "team", "Team"
    ASKED = "asked", "Asked by me"
    DECIDED = "decided", "Decided by me"


NEWEST_FIRST = frozenset({Listing.ASKED, Listing.DECIDED})


@dataclass(frozen=True, slots=True)
class Place:
    """The row after which a page begins."""

    asked_at: datetime
    pk: int


def listings(user: User, *, at: datetime) -> Mapping[Listing, QuerySet[ApprovalRequest]]:
    """Every list of one person: what they may decide, what their cases wait for, what they did.

    With all that a row shows.

    Two queries, and one for each list that is read.
    """
    seen = ApprovalRequest.objects.visible_to(user).for_list()
    decided = ApprovalAct.objects.filter(
        Q(person=user), request=OuterRef("pk"), act__in=sorted(VERDICTS)
    )
    return {
        Listing.MINE: waiting_for(user, at=at),
        Listing.DELEGATED: waiting_for(user, at=at, is_lent=True),
        Listing.TEAM: seen.pending(),
        Listing.ASKED: seen.filter(requested_by=user),
        Listing.DECIDED: seen.filter(Exists(decided)),
    }


def page_of(
    requests: QuerySet[ApprovalRequest], listing: Listing, *, after: Place | None, size: int
) -> list[ApprovalRequest]:
    """One page and one row more, if there is one. One query."""
    is_newest_first = listing in NEWEST_FIRST
    if after is not None:
        requests = requests.filter(_beyond(after, "lt" if is_newest_first else "gt"))
    sign = "-" if is_newest_first else ""
    return list(requests.order_by(f"{sign}requested_at", f"{sign}pk")[: size + 1])


def beside(
    requests: QuerySet[ApprovalRequest], shown: ApprovalRequest
) -> tuple[ApprovalRequest | None, ApprovalRequest | None]:
    """The request before and the one after in a list, oldest first. Two queries."""
    place = Place(shown.requested_at, shown.pk)
    before = requests.filter(_beyond(place, "lt")).order_by("-requested_at", "-pk")
    behind = requests.filter(_beyond(place, "gt")).order_by("requested_at", "pk")
    return before.first(), behind.first()


def like_it(approval: ApprovalRequest, *, user: User) -> list[ApprovalRequest]:
    """Other requests for the same payee or account that somebody may see, the newest first."""
    same = Q(links__overlap=approval.links) if approval.links else Q(case=approval.case_id)
    found = ApprovalRequest.objects.visible_to(user).filter(same).exclude(pk=approval.pk)
    return list(found.select_related("case").order_by("-requested_at", "-pk")[:LIKE_IT])


def asked_before(approval: ApprovalRequest) -> ApprovalRequest | None:
    """The same matter's earlier request of the same case, the newest."""
    earlier = ApprovalRequest.objects.filter(
        case=approval.case_id, matter=approval.matter, pk__lt=approval.pk
    )
    return earlier.order_by("-pk").first()


def sealed_as(approval: ApprovalRequest, digest: str) -> str:
    """The text of a request that a digest was taken of, also if it was sealed anew since."""
    held = approval.history.filter(digest=digest).order_by("history_id").first()
    return str(held.sealed) if held else ""


def deciders(user: User) -> QuerySet[User]:
    """Active people whose word reaches some amount, without this one: who could stand in."""
    limits = ApprovalLimit.objects.filter(max_amount__gt=0)
    roles = limits.exclude(role="").values("role")
    reach = Q(groups__name__in=roles) | Q(approval_limits__in=limits)
    found = User.objects.filter(reach, is_active=True).exclude(pk=user.pk)
    return found.distinct().order_by("full_name", "username", "pk")


def delegations_of(user: User) -> QuerySet[Delegation]:
    """What somebody gave or took, the newest first; who arranges for the absent sees all."""
    found = Delegation.objects.select_related("giver", "taker").order_by("-ends_on", "-pk")
    if may(user, ARRANGE_DELEGATIONS):
        return found
    return found.filter(Q(giver=user) | Q(taker=user))


def _beyond(place: Place, side: str) -> Q:
    same = Q(requested_at=place.asked_at) & Q(**{f"pk__{side}": place.pk})
    return Q(**{f"requested_at__{side}": place.asked_at}) | same
