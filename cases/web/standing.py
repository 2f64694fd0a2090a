"""Why a case comes now, and why to its reader: its deadline, its score term by term."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from billing_portal.accounts.models import User
from cases.priority.models import Band
from cases.priority.queries import Standing, has_kin_in_hand, skills_of, standing_of
from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.sla.models import CaseDeadline
from cases.web.caseparts import days_of
from cases.web.presenters import shown_money, shown_time
from cases.work.models import Case


@dataclass(frozen=True, slots=True)
class WhyNow:
    """One sentence on the time limit with its provenance, one on the score, and its terms."""

    deadline: str
    provenance: str
    score: str
    terms: list[tuple[str, str]]
    me: str


def why_now(case: Case, *, reader: User, now: datetime) -> WhyNow:
    """All of it for one case and reader."""
    limit = CaseDeadline.objects.filter(case=case).select_related("rule").order_by("-pk").first()
    standing = standing_of(case, now=now)
    return WhyNow(
        deadline=deadline_words(limit, case),
        provenance=provenance_of(limit),
        score=score_words(standing),
        terms=list(terms_of(standing, case)) if standing else [],
        me=me_words(case, reader) if standing else "",
    )


def deadline_words(limit: CaseDeadline | None, case: Case) -> str:
    """The last day and our own before it; or that no rule is configured."""
    if limit is None:
        return ""
    kind = ClockType(limit.clock_type).label
    if limit.legal_on is None or case.deadline_at is None:
        whose = case.payer.name if case.payer else "this payer"
        return f"{kind}: not configured for {whose}, so no deadline is shown."
    ours = shown_time(case.deadline_at)
    return f"{kind} by {days_of(limit.legal_on, None)}; we want it done by {ours}."


def provenance_of(limit: CaseDeadline | None) -> str:
    """How the date was counted, by which version of which rule, and who says so."""
    if limit is None or limit.rule is None or limit.base_on is None:
        return ""
    event = BaseEvent(limit.base_event).label.lower()
    mail = (
        f", {limit.presumed_receipt_days} days in the mail" if limit.presumed_receipt_days else ""
    )
    return (
        f"Counted from the {event}, {days_of(limit.base_on, None)}{mail};"
        f" rule version {limit.rule_version}. {limit.citation}."
    )


def score_words(standing: Standing | None) -> str:
    """Where it stands among the cases to be worked next."""
    if standing is None:
        return ""
    if standing.is_guarded:
        return "Its deadline is near and it is worth the work, so it goes before every score."
    if standing.rank.is_returned:
        return f"It came back from deferral. Score {standing.score}."
    return f"Score {standing.score}."


def terms_of(standing: Standing, case: Case) -> Iterator[tuple[str, str]]:
    """What each point comes from, with the version of the weights."""
    terms, rank, weights = standing.terms, standing.rank, standing.weighting
    left = f"{standing.days_left:.1f} days left"
    yield f"Urgency, of {float(weights.urgency):g}", f"{terms.urgency:.1f} · {left}"
    odds = f"{rank.likelihood * 100:.0f} % by {rank.likelihood_from}"
    worth = f"{shown_money(rank.expected, case.currency)} expected ({odds})"
    yield f"Money, of {float(weights.money):g} per $100,000", f"{terms.money:.1f} · {worth}"
    yield (
        f"Age, of {float(weights.age):g}",
        f"{terms.age:.1f} · open for {standing.age_days:.0f} days",
    )
    late = "past its own time" if standing.is_escalated else "in time"
    yield f"Escalation, of {float(weights.escalation):g}", f"{terms.escalation:.1f} · {late}"
    yield "Band", Band(rank.band).label
    yield "Work it costs", shown_money(rank.cost, case.currency)
    yield "Weights", f"version {weights.number}"


def me_words(case: Case, reader: User) -> str:
    """Why it comes to this reader."""
    if case.owner_id == reader.pk:
        words = "It is in your hands."
    elif case.owner_id is not None:
        words = f"It is in the hands of {case.owner}."
    else:
        words = "It is free, and you may work its queue."
    if has_kin_in_hand(case, reader):
        words += " You have another case of this patient in hand."
    skills = skills_of(reader)
    if case.category in skills.categories or case.payer_id in skills.payers:
        words += " It needs what you are skilled for."
    return words
