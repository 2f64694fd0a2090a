"""Why a case comes when it does: its rank and score in numbers, as of now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from billing_portal.accounts.models import User
from cases.priority.models import Band, CaseRank, Skill, Weighting
from cases.priority.score import Terms, Weights, terms_of
from cases.work.models import Case

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Standing:
    """The rank of an open case, its score term by term, and the weights that count."""

    rank: CaseRank
    weighting: Weighting
    terms: Terms
    days_left: float
    age_days: float
    is_escalated: bool

    @property
    def score(self) -> str:
        """To one decimal, as lists sort by it."""
        return f"{self.terms.score:.1f}"

    @property
    def is_guarded(self) -> bool:
        """Whether its deadline puts it before all others."""
        return self.rank.band == Band.GUARD


def weights_in_force() -> Weighting:
    """The newest version."""
    return Weighting.objects.order_by("-number")[0]


def weights_of(weighting: Weighting) -> Weights:
    """A version as the score takes it."""
    return Weights(
        urgency=float(weighting.urgency),
        money=float(weighting.money),
        age=float(weighting.age),
        escalation=float(weighting.escalation),
        midpoint_days=float(weighting.midpoint_days),
        slope_days=float(weighting.slope_days),
    )


def standing_of(case: Case, *, now: datetime) -> Standing | None:
    """How a case stands among those to be worked next; None for a finished one. Two queries."""
    rank = CaseRank.objects.filter(pk=case.pk).first()
    if rank is None:
        return None
    weighting = weights_in_force()
    days_left = (rank.due_at - now).total_seconds() / DAY
    age_days = (now - case.opened_at).total_seconds() / DAY
    is_escalated = case.resolve_due_at < now
    terms = terms_of(
        weights_of(weighting),
        days_left=days_left,
        expected=float(rank.expected),
        age_days=age_days,
        is_escalated=is_escalated,
    )
    return Standing(rank, weighting, terms, days_left, age_days, is_escalated)


@dataclass(frozen=True, slots=True)
class Skills:
    """What somebody can work; nothing of a kind: everything of it."""

    categories: frozenset[str]
    payers: frozenset[int]


def skills_of(person: User) -> Skills:
    """A person's own skills and those of their groups. One query."""
    return skills_of_many([person.pk])[person.pk]


def skills_of_many(people: Collection[int]) -> dict[int, Skills]:
    """The same for each of some people, by primary key. One query."""
    own = Skill.objects.filter(person__in=people).values_list("person", "category", "payer")
    groups = Skill.objects.filter(group__user__in=people).values_list(
        "group__user", "category", "payer"
    )
    categories: dict[int, set[str]] = {pk: set() for pk in people}
    payers: dict[int, set[int]] = {pk: set() for pk in people}
    for person, category, payer in own.union(groups):
        if category:
            categories[person].add(category)
        if payer:
            payers[person].add(payer)
    return {pk: Skills(frozenset(categories[pk]), frozenset(payers[pk])) for pk in people}


def has_kin_in_hand(case: Case, person: User) -> bool:
    """Whether somebody has another open case of the same patient. One query."""
    patient_id = case.claim.patient_id if case.claim else None
    others = CaseRank.objects.filter(owner=person, patient_id=patient_id).exclude(case=case)
    return patient_id is not None and others.exists()
