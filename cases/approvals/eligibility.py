"""Who may decide: a pure judgement over voices, and the one query that reads them.

The database repeats the segregation of duties; limits and sight of the case are judged here alone.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from billing_portal.accounts.models import User, UserKind
from billing_portal.kernel.pure.errors import DomainError
from cases.approvals.models import ApprovalAct, ApprovalRequest, Delegation
from cases.approvals.terms import PERSON, ROLE, Seats, would_add
from cases.approvals.vocabulary import MAKERS, VERDICTS, Act
from cases.approvals.voices import Limit, Voice, limit_of
from cases.work.visibility import those_who_see

NOBODY = ""
DAY = timedelta(days=1)


class MayNotDecide(DomainError):
    """This person may not decide on this request (HTTP 403)."""

    code = "may_not_decide"


@dataclass(frozen=True, slots=True)
class Item:
    """A step of a request, as a judgement needs it.

    `barred` are the humans who made it or have decided in this cycle; `sat` the seats that those
    who approved this step could take.
    """

    request: ApprovalRequest
    barred: frozenset[str]
    sat: tuple[Seats, ...]


def human_of(user: User) -> str:
    """One name for all accounts of one employee, as the database gives it."""
    number = user.staff_number.strip().upper()
    return f"staff:{number}" if number else f"user:{user.pk}"


def item_of(request: ApprovalRequest, acts: Iterable[ApprovalAct], requester: str) -> Item:
    """A request with what people had to do with it; `requester` is the human who asked."""
    held = list(acts)
    now = [act for act in held if act.act in VERDICTS and act.cycle == request.cycle]
    barred = {act.human for act in held if act.act in MAKERS} | {requester}
    for act in now:
        barred |= {act.human, act.for_human}
    sat = (
        frozenset(act.seats) for act in now if act.act == Act.APPROVE and act.step == request.step
    )
    return Item(request, frozenset(barred - {NOBODY}), tuple(sat))


def judge(item: Item, voices: Sequence[Voice], *, speaker_id: int) -> Voice:
    """The voice with which somebody may decide. Raises MayNotDecide, with the reason in words.

    `voices` are all of one person's, their own first; `speaker_id` says whose they decide with.
    """
    own, *lent = voices
    message = _refusal(item, own, lent, speaker_id)
    if message:
        raise MayNotDecide(message)
    return next(voice for voice in voices if voice.speaker_id == speaker_id)


def _refusal(item: Item, own: Voice, lent: Sequence[Voice], speaker_id: int) -> str:
    request = item.request
    covering = [v for v in lent if v.covers(request.matter, request.tier_amount)]
    shadow = next((voice for voice in covering if voice.human in item.barred), None)
    speaker = next((voice for voice in (own, *covering) if voice.speaker_id == speaker_id), None)
    if own.human in item.barred:
        return "You made this request or decided on it already: others must decide."
    if shadow is not None:
        return f"You stand in for {shadow.name}, who made this or decided on it already."
    if speaker is None:
        return "Nobody delegated this to you."
    return _reach(item, own, speaker)


def _reach(item: Item, own: Voice, speaker: Voice) -> str:
    """Why a voice does not reach a step, apart from segregation; empty: it does."""
    request = item.request
    seats = speaker.seats & frozenset(request.seats)
    terms = request.policy_version.terms
    if not (own.is_active and speaker.is_active and seats):
        return "This step asks others."
    if any(_limit(each, request) < request.tier_amount for each in (own, speaker)):
        return f"This is above the limit of {speaker.name if speaker.is_lent else 'your approval'}."
    step = terms.steps[request.step]
    if not would_add(step, item.sat, seats, upper=terms.upper_seat):
        return "Your seat in this step is taken."
    return ""


def _limit(voice: Voice, request: ApprovalRequest) -> Decimal:
    found = limit_of(voice, request.matter, request.currency)
    return Decimal(-1) if found is None else found


@dataclass(frozen=True, slots=True)
class Eligible:
    """Somebody who may decide now, and with whose voice."""

    person_id: int
    speaker_id: int


def eligible(request: ApprovalRequest, *, at: datetime) -> list[Eligible]:
    """Everybody who may decide on a request now, also for others. Five queries."""
    acts = request.acts.order_by("pk")
    item = item_of(request, acts, human_of(request.requested_by))
    voices = voices_of(_candidates(request, at=at), at=at)
    return [
        Eligible(person_id, voice.speaker_id)
        for person_id, held in sorted(voices.items())
        for voice in held
        if not _refusal(item, held[0], held[1:], voice.speaker_id)
    ]


def _candidates(request: ApprovalRequest, *, at: datetime) -> list[int]:
    """Who sees the case and holds a seat of this step, or was delegated one."""
    holders = User.objects.filter(
        Q(groups__name__in=_named(request, ROLE)) | Q(username__in=_named(request, PERSON)),
        is_active=True,
        kind=UserKind.PERSON,
    ).values_list("pk", flat=True)
    days = {"starts_on__lte": at.date() + DAY, "ends_on__gte": at.date() - DAY}
    takers = Delegation.objects.filter(giver__in=holders, revoked_at=None, **days)
    people = {*holders, *takers.values_list("taker_id", flat=True)}
    return list(those_who_see(request.case).filter(pk__in=people).values_list("pk", flat=True))


def _named(request: ApprovalRequest, kind: str) -> list[str]:
    return [seat.removeprefix(kind) for seat in request.seats if seat.startswith(kind)]


VOICES = """
WITH voice AS (
    SELECT u.id AS taker_id, u.id AS speaker_id, FALSE AS is_lent,
           '{}'::text[] AS matters, NULL::numeric AS most
    FROM accounts_user AS u WHERE u.id = ANY(%(people)s)
    UNION ALL
    SELECT d.taker_id, d.giver_id, TRUE, d.matters, d.max_amount
    FROM cases_delegation AS d JOIN accounts_user AS g ON g.id = d.giver_id
    WHERE d.taker_id = ANY(%(people)s) AND d.revoked_at IS NULL
      AND (%(at)s::timestamptz AT TIME ZONE g.time_zone)::date BETWEEN d.starts_on AND d.ends_on
)
SELECT v.taker_id, v.speaker_id, v.is_lent, v.matters, v.most, cases_human(u.id),
       coalesce(nullif(u.full_name, ''), u.username), u.is_active AND u.kind = 'person',
       s.seats, l.limits
FROM voice AS v JOIN accounts_user AS u ON u.id = v.speaker_id
CROSS JOIN LATERAL (SELECT cases_seats_of(u.id) AS seats) AS s
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_array(
               l.person_id IS NOT NULL, l.matter, l.currency, l.max_amount::text)), '[]') AS limits
    FROM cases_approvallimit AS l
    WHERE l.person_id = u.id OR 'role:' || l.role = ANY(s.seats)) AS l
ORDER BY v.taker_id, v.is_lent, v.speaker_id
"""


def voices_of(people: Collection[int], *, at: datetime) -> dict[int, list[Voice]]:
    """The voices of each of these people at a moment, their own first. One query."""
    found: dict[int, list[Voice]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(VOICES, {"people": list(people), "at": at})
        for taker_id, *row in cursor.fetchall():
            found[taker_id].append(_voice(row))
    return dict(found)


def _voice(row: Sequence[Any]) -> Voice:
    speaker_id, is_lent, matters, most, human, name, is_active, seats, limits = row
    return Voice(
        speaker_id=speaker_id,
        human=human,
        name=name,
        seats=frozenset(seats),
        limits=tuple(
            Limit(is_personal, matter, currency, Decimal(amount))
            for is_personal, matter, currency, amount in json.loads(limits)
        ),
        is_active=is_active,
        is_lent=is_lent,
        matters=frozenset(matters),
        most=most,
    )
