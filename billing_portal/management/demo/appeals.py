"""The demo's appeals: a few denials of the denials team, each a step further than the last.

Played by the verbs that everybody has. Three letters are set, so that the demo starts quickly.
What is known of payers stands here, too: fictional, like the payers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.core.files.base import ContentFile

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import save_because
from billing_portal.management.demo.arranging import REASON
from cases.actions import evidence
from cases.payers.models import PayerContact, PayerRule, Topic
from cases.types.denial.appeals.actions import preparing, sending, taking
from cases.types.denial.appeals.deadlines import proposed
from cases.types.denial.appeals.filing import filing_of
from cases.types.denial.appeals.lifecycle import Outcome
from cases.types.denial.appeals.models import Appeal, ExhibitKind, Ground, Method, Proof, Way
from cases.types.denial.appeals.rights import refusal
from cases.types.denial.appeals.terms import Decided, Due, Grounds, Particulars
from cases.types.denial.vocabulary import Category
from cases.work.lifecycle import WORKABLE
from cases.work.models import Case, Queue
from cases.work.visibility import may_see, may_work
from integrations.canonical.models import Payer

LEVELS_AHEAD = 60
ARGUMENT = "The claim met every term of the contract on the day of service (demonstration)."
PAPER = b"DEMONSTRATION. No real person, payer or provider.\n"
FAR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Stage:
    """How far one appeal of the demo has come; `sent_ago` days before today."""

    is_attested: bool = False
    sent_ago: int | None = None
    outcome: Outcome | None = None


STAGES = (
    Stage(),
    Stage(is_attested=True),
    Stage(is_attested=True, sent_ago=31),
    Stage(is_attested=True, sent_ago=35, outcome=Outcome.UPHELD),
)


def know_payers(*, by: User) -> None:
    """Contacts and rules of the demo's payers, once."""
    known = set(PayerContact.objects.values_list("payer_id", flat=True))
    for number, payer in enumerate(Payer.objects.filter(is_confirmed=True).order_by("pk")):
        if payer.pk in known:
            continue
        contact = PayerContact(
            payer=payer,
            department="Provider appeals (demo)",
            phone=f"555-01{number:02}",
            fax=f"555-02{number:02}",
            portal=f"{payer.key}.example",
            hours="Weekdays 8 to 5, Central",
        )
        save_because(contact, by=by, reason=REASON)
        for topic, words in _rules(number):
            rule = PayerRule(
                payer=payer, topic=topic, words=words, citation="Provider manual (demo), page 12"
            )
            save_because(rule, by=by, reason=REASON)


def _rules(number: int) -> Iterator[tuple[Topic, str]]:
    yield Topic.APPEAL_ADDRESS, f"Provider Appeals (demo)\nPO Box {100 + number}\nNowhere, ZZ 00000"
    yield Topic.FORMS, "Every appeal comes with the payer’s cover sheet."
    yield Topic.TIMELY_FILING, "Claims within 180 days of the date of service."


def appeal(*, now: datetime) -> int:
    """Bring some denials into appeal, and others on other ways; how many. Nothing when done."""
    if Appeal.objects.exists():
        return 0
    found = list(islice(_worth(now), len(STAGES) + 1))
    for (case, by), stage in zip(found, STAGES, strict=False):
        _play(case, stage, by=by, now=now)
    for case, by in found[len(STAGES) :]:
        _request_write_off(case, by=by, now=now)
    return len(found) + _dispute_lateness(now)


def _dispute_lateness(now: datetime) -> int:
    """Begin an appeal of one claim denied as late, of which an acceptance is on record."""
    for case, by in _worth(now, details__category=Category.TIMELY_FILING):
        is_open = Appeal.objects.filter(case=case).exists()
        if not is_open and filing_of(case).proof is not None:
            grounds = Grounds(Ground.TIMELY_FILING, case.amount_at_risk, ARGUMENT)
            today = house_day(now)
            preparing.begin(case=case, by=by, grounds=grounds, due=_due(case, today))
            return 1
    return 0


def _worth(now: datetime, **asked: str) -> Iterator[tuple[Case, User]]:
    """Denials decided some days ago, each with who can see it through.

    Those in somebody's hands come first, then the largest: a day's work is left to be taken.
    """
    cases = Case.objects.open().filter(
        status__in=sorted(WORKABLE),
        case_type="denial",
        amount_at_risk__gt=0,
        details__paid_on__lte=(house_day(now) - FAR).isoformat(),
        **asked,
    )
    known = cases.exclude(details__payer_control_number="").select_related(
        "payer", "claim", "owner"
    )
    people = list(User.objects.filter(is_active=True).order_by("pk"))
    flight = Queue.objects.get(key=sending.IN_FLIGHT).pk
    for case in sorted(known.order_by("-amount_at_risk", "pk"), key=_is_unowned):
        hands = [case.owner, *people] if case.owner else people
        hand = next((each for each in hands if _sees_through(each, case, flight)), None)
        if hand is not None and not refusal(case.case_type, case.details):
            yield case, hand


def _is_unowned(case: Case) -> bool:
    return case.owner_id is None


def _sees_through(person: User, case: Case, flight: int) -> bool:
    """Whether somebody works the case where it is and where it goes."""
    works = may_work(person, queue_id=case.queue_id) and may_work(person, queue_id=flight)
    return works and may_see(person, case)


def _play(case: Case, stage: Stage, *, by: User, now: datetime) -> None:
    today = house_day(now)
    grounds = Grounds(Ground.PAYER_ERROR, case.amount_at_risk, ARGUMENT)
    made = preparing.begin(case=case, by=by, grounds=grounds, due=_due(case, today))
    if not stage.is_attested:
        return
    ready = _attested(_proven(made, by=by), by=by, now=now)
    if stage.sent_ago is None:
        return
    sent = sending.submit(
        appeal=ready,
        by=by,
        at=now,
        method=Method.PORTAL,
        sent_on=_sent_on(case, today, stage.sent_ago),
        confirmation=f"DEMO-{case.reference}",
        seen_version=ready.version,
    )
    if stage.outcome is not None:
        _decided(sent, stage.outcome, by=by, now=now)


def _sent_on(case: Case, today: date, days_ago: int) -> date:
    """So many days ago, but after the decision that it contests."""
    decided = date.fromisoformat(str(case.details["paid_on"]))
    return min(max(today - timedelta(days=days_ago), decided + timedelta(days=1)), today)


def _due(case: Case, today: date) -> Due | None:
    """The rules are asked where they know one; else the letter names a day."""
    found = proposed(case, level=1)
    named = Due(on=today + timedelta(days=LEVELS_AHEAD), source="Denial letter (demonstration)")
    return None if found.on is not None else named


def _proven(made: Appeal, *, by: User) -> Appeal:
    file = evidence.attach(
        case=made.case, by=by, file=ContentFile(PAPER, name="acknowledgement-demo.txt")
    )
    return preparing.add_exhibit(
        appeal=made,
        by=by,
        attachment=file,
        kind=ExhibitKind.OTHER,
        seen_version=made.version,
    )


def _attested(proven: Appeal, *, by: User, now: datetime) -> Appeal:
    read = preparing.preview(appeal=proven, by=by, at=now)
    return preparing.attest(
        appeal=proven, by=by, at=now, sha256=read.sha256, seen_version=proven.version
    )


def _decided(sent: Appeal, outcome: Outcome, *, by: User, now: datetime) -> None:
    file = evidence.attach(case=sent.case, by=by, file=ContentFile(PAPER, name="decision-demo.txt"))
    decided = Decided(outcome, house_day(now), letter=file)
    sending.decide(
        appeal=sent,
        by=by,
        at=now,
        decided=decided,
        reason="The payer upholds its decision (demonstration).",
        seen_version=sent.version,
    )


def _request_write_off(case: Case, *, by: User, now: datetime) -> None:
    particulars = Particulars(
        "Working it costs more than it can bring (demonstration).",
        min(case.amount_at_risk, Decimal("250.00")),
        proof=Proof.UNECONOMIC,
        preventable_stage="registration",
        expected_recovery=Decimal("40.00"),
        cost_to_work=Decimal("85.00"),
    )
    taking.take(
        case=case,
        by=by,
        at=now,
        way=Way.WRITE_OFF,
        particulars=particulars,
        seen_version=case.version,
    )
