"""What waits for whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from billing_portal.accounts.models import User
from cases.approvals.eligibility import DAY, voices_of
from cases.approvals.models import ApprovalAct, ApprovalRequest, Delegation
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import LIVE, MAKERS, Matter
from cases.approvals.voices import Voice, limit_of


def in_flight() -> list[tuple[str, int, int]]:
    """How many requests wait under each version: policy, number, how many. One query."""
    live = ApprovalRequest.objects.filter(state__in=sorted(LIVE)).values_list(
        "policy_version__policy", "policy_version__number"
    )
    counted = live.annotate(requests=Count("pk"))
    return list(counted.order_by("policy_version__policy", "policy_version__number"))


def staff(asking: Iterable[Terms], *, at: datetime) -> list[list[Voice]]:
    """Everybody whom policies name, or who stands in for one of them, with all their voices.

    Two queries.
    """
    roles: set[str] = set()
    names: set[str] = set()
    for terms in asking:
        roles |= {terms.escalate_to} | {role for step in terms.steps for role in step.roles}
        names |= {name for step in terms.steps for name in step.people}
    named = User.objects.filter(Q(groups__name__in=roles) | Q(username__in=names))
    takers = Delegation.objects.filter(
        giver__in=named,
        revoked_at=None,
        starts_on__lte=at.date() + DAY,
        ends_on__gte=at.date() - DAY,
    )
    people = User.objects.filter(Q(pk__in=named.values("pk")) | Q(pk__in=takers.values("taker")))
    return list(voices_of(people.values_list("pk", flat=True), at=at).values())


def waiting_for(user: User, *, at: datetime, is_lent: bool = False) -> QuerySet[ApprovalRequest]:
    """The requests that somebody may decide now, for themselves or for others, oldest first.

    `is_lent`: those alone that they may decide for others.

    By the same rules as `eligibility.judge`, for any number of requests at once; of a step in which
    each of several must approve, it does not look whose seat is taken. Two queries, then the one
    it returns.
    """
    own, *lent = voices_of([user.pk], at=at)[user.pk]
    reach = Q(pk__in=[])
    for voice in lent if is_lent else (own, *lent):
        if own.is_active and voice.is_active:
            reach |= _within(voice, own)
    asked = ApprovalRequest.objects.visible_to(user).pending().filter(reach)
    for voice in (own, *lent):
        asked = asked.exclude(_lent_for(voice) & _made_or_decided(voice.human))
    return asked.for_list().order_by("requested_at", "pk")


def _within(voice: Voice, own: Voice) -> Q:
    """Whose step names a seat of this voice, up to the limits of both."""
    matters: dict[tuple[str, Decimal], list[Matter]] = defaultdict(list)
    for matter, currency, most in _limits((own, voice)):
        matters[currency, most].append(matter)
    reached = Q(pk__in=[])
    for (currency, most), held in matters.items():
        reached |= Q(matter__in=held, currency=currency, tier_amount__lte=most)
    return Q(seats__overlap=sorted(voice.seats)) & _lent_for(voice) & reached


def _limits(voices: Sequence[Voice]) -> Iterable[tuple[Matter, str, Decimal]]:
    for currency in sorted({limit.currency for voice in voices for limit in voice.limits}):
        for matter in Matter:
            found = [limit_of(voice, matter, currency) for voice in voices]
            held = [most for most in found if most is not None]
            if len(held) == len(found):
                yield matter, currency, min(held)


def _lent_for(voice: Voice) -> Q:
    """What a voice was lent for; one's own is for everything."""
    lent = ~Q(pk__in=[])
    if voice.matters:
        lent &= Q(matter__in=sorted(voice.matters))
    if voice.most is not None:
        lent &= Q(tier_amount__lte=voice.most)
    return lent


def _made_or_decided(human: str) -> Q:
    """Which this human asked for or made in any cycle, or decided on in this one."""
    acts = ApprovalAct.objects.filter(request=OuterRef("pk")).filter(
        Q(act__in=sorted(MAKERS)) | Q(cycle=OuterRef("cycle"))
    )
    theirs = acts.filter(Q(human=human) | Q(for_human=human))
    return Q(Exists(theirs)) | Q(requested_by__in=_accounts(human))


def _accounts(human: str) -> QuerySet[User]:
    """The accounts of one human."""
    kind, _, name = human.partition(":")
    if kind == "user":
        return User.objects.filter(pk=int(name))
    return User.objects.filter(staff_number__iexact=name)
