"""A sample on policies: which one it falls under, who may sign each step, why others may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from billing_portal.accounts.models import User
from cases.approvals.choosing import NoPolicy, Question, Rule, choose
from cases.approvals.eligibility import human_of
from cases.approvals.queries import staff
from cases.approvals.staffing import Asked, People, away, lacking, reaches, signers
from cases.approvals.terms import Step
from cases.approvals.vocabulary import Matter
from cases.approvals.voices import Voice
from cases.work.visibility import sites_of
from integrations.canonical.models import Facility


@dataclass(frozen=True, slots=True)
class Sample:
    """What somebody could ask for."""

    matter: Matter
    amount: Decimal
    currency: str
    facility: Facility
    requester: User
    payer_class: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        """As policies look at it."""
        return Question(
            self.matter,
            self.amount,
            self.currency,
            self.facility.key,
            self.payer_class,
            self.facts,
        )


@dataclass(frozen=True, slots=True)
class Seated:
    """Who holds a seat of a step, or stands in for such; `why` they may not, empty: they may."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One step, with everybody who holds a seat of it."""

    step: Step
    people: Sequence[Seated]
    is_lacking: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a sample: the policy and its turns, or why there is none."""

    rule: Rule | None
    turns: Sequence[Turn] = ()
    refusal: str = ""


def try_out(rules: Sequence[Rule], sample: Sample, *, at: datetime) -> Tried:
    """Measure a sample by policies as a request would be. Reads only.

    Sight is judged by the site alone: a sample stands in no queue.
    """
    try:
        rule = choose(rules, sample.question)
    except NoPolicy as refusal:
        return Tried(None, refusal=str(refusal))
    people = staff([rule.terms], at=at)
    asked = Asked(sample.matter, sample.amount, sample.currency)
    human = human_of(sample.requester)
    sites = sites_of([own.speaker_id for own, *_ in people])
    seeing = [each for each in people if sample.facility.pk in sites[each[0].speaker_id]]
    empty = lacking(rule.terms, signers(seeing, asked, barred={human}))
    turns = [
        Turn(
            step,
            [
                Seated(name_of(voices, step), _why(voices, step, asked, human, people))
                if voices in seeing
                else Seated(name_of(voices, step), "does not see this site")
                for voices in people
                if _holds(voices, step)
            ],
            is_lacking=number == empty,
        )
        for number, step in enumerate(rule.terms.steps)
    ]
    return Tried(rule, turns)


def name_of(voices: Sequence[Voice], step: Step) -> str:
    """Somebody, and for whom they would sign a step where it is not for themselves."""
    own, *lent = voices
    seats = frozenset(step.seats)
    givers = [voice.name for voice in lent if voice.seats & seats]
    return own.name if own.seats & seats or not givers else f"{own.name} for {' and '.join(givers)}"


def _holds(voices: Sequence[Voice], step: Step) -> bool:
    return any(voice.seats & frozenset(step.seats) for voice in voices)


def _why(voices: Sequence[Voice], step: Step, asked: Asked, requester: str, people: People) -> str:
    """Why somebody may not sign a step; empty: they may."""
    own, *lent = voices
    covering = [each for each in lent if each.covers(asked.matter, asked.amount)]
    shadowed = next((each.name for each in covering if each.human == requester), "")
    seated = [each for each in (own, *covering) if each.seats & frozenset(step.seats)]
    checks = {
        "is no longer active": not own.is_active,
        "asks for it": own.human == requester,
        f"stands in for {shadowed}, who asks for it": bool(shadowed),
        "was not lent this": not seated,
        "this is above their limit": not any(reaches(own, each, asked) for each in seated),
        "is away; somebody else decides for them": seated == [own]
        and own.human in away(people, asked),
    }
    return next((words for words, is_so in checks.items() if is_so), "")
