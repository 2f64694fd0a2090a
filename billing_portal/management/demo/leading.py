"""What the demo's leads and second persons did: a project, samples looked at, a full desk.

Everything goes through the verbs that everybody has, in a fixed order, so that the same demo is
made again from the same day. What has been done already is not done twice.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.core.files.base import ContentFile

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.management.demo.people import PEOPLE
from billing_portal.management.demo.staff import LEAD, LEADS, may_work
from cases.actions import gathering, reviewing, working
from cases.projects.clusters import suggested
from cases.projects.lifecycle import ProjectState
from cases.projects.models import Project
from cases.quality.models import QaSample, WorkWeight
from cases.types.denial.detect import KEY as DENIAL
from cases.types.denial.vocabulary import Category
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from cases.work.types import CASE_TYPES

WEIGHTS = {
    Category.MED_NECESSITY: Decimal(3),
    Category.CODING: Decimal("1.5"),
    Category.COB: Decimal("1.5"),
    Category.DUPLICATE: Decimal("0.5"),
}
DAYS_DRAWN = 14
UNSEEN_FROM = 3
"""Days back from which on nobody has taken the second look yet."""
DIFFERS = 0.12
FEWEST = (3, 2, 1)
"""Open denials that make a project: more where the demo is large enough."""
CHANGED_AGO = timedelta(days=28)
FULL_DESK, ITS_QUEUE, ITS_CASES = "daniel", "denials-technical", 5
CHANGE = (
    "Scheduling asks for this before the visit is booked, and the claim is held until it is in."
)
LETTER = """\
DEMONSTRATION LETTER. No real person, payer or provider.

One cause, many claims: the contract's paragraph on which all of these appeals rest.
"""


def play(*, by: User, now: datetime, today: date) -> None:
    """All of it, once."""
    if WorkWeight.objects.exists():
        return
    weigh(by)
    look_again(now=now, today=today)
    begin_project(now=now, today=today)
    fill_a_desk(now=now)


def weigh(by: User) -> None:
    """Hard cases count for more."""
    for category, weight in WEIGHTS.items():
        row = WorkWeight(case_type=DENIAL, category=category, weight=weight)
        save_because(row, by=by, reason="Agreed by the leads")


def look_again(*, now: datetime, today: date) -> None:
    """Two weeks of samples; most of them answered, a few otherwise than the case was ended."""
    for ago in range(DAYS_DRAWN, 0, -1):
        reviewing.draw_day(on=today - timedelta(days=ago))
    old = QaSample.objects.filter(draw__on__lt=today - timedelta(days=UNSEEN_FROM))
    for sample in old.select_related("case__queue", "case__facility", "resolver").order_by("pk"):
        second = second_person(sample)
        if second is not None:
            reviewing.answer(
                sample=sample,
                verdict=verdict_of(sample),
                reason="Read against the remittance and the notes.",
                by=second,
                at=now,
            )


def second_person(sample: QaSample) -> User | None:
    """Who works the queue and did not finish the case: a colleague before a lead."""
    able = [person for person in PEOPLE if may_work(person, sample.case)]
    able.sort(key=lambda person: person.role in LEADS)
    names = [each.username for each in able if each.username != sample.resolver.username]
    return User.objects.get(username=names[0]) if names else None


def verdict_of(sample: QaSample) -> Disposition:
    """Mostly the same; now and then another way that such a case can end."""
    rng = Random(sample.case.key)  # noqa: S311 -- repeatable, not secret
    offered = CASE_TYPES.get(sample.case.case_type).dispositions
    others = [each for each in offered if each != sample.disposition]
    if others and rng.random() < DIFFERS:
        return rng.choice(others)
    return Disposition(sample.disposition)


def begin_project(*, now: datetime, today: date) -> None:
    """The largest suggestion, at every site, being measured since something was changed."""
    lead = User.objects.get(username=LEAD)
    found = next(filter(None, (suggested(lead, at=now, fewest=few) for few in FEWEST)), [])
    if not found or Project.objects.exists():
        return
    pattern = replace(found[0].pattern, service="", facility_id=None)
    what = " ".join(filter(None, [pattern.code, pattern.remark]))
    project = gathering.start(
        name=f"{what} by {found[0].payer or 'every payer'}", pattern=pattern, owner=lead, by=lead
    )
    gathering.note_all(
        project=project, by=lead, text="One cause for all of these: work them with one letter."
    )
    letter = ContentFile(LETTER.encode(), name="contract-paragraph.txt")
    gathering.attach_all(project=project, by=lead, file=letter)
    gathering.prevent(
        project=project, change=CHANGE, owner=lead, effective_on=today - CHANGED_AGO, by=lead
    )
    for state in (ProjectState.WORKING, ProjectState.MEASURING):
        project.refresh_from_db()
        gathering.become(
            project=project,
            state=state,
            by=lead,
            reason="The change is in effect",
            at=now,
            seen_version=project.version,
        )


def fill_a_desk(*, now: datetime) -> None:
    """One person was given more than the others: something to share out anew."""
    lead, owner = (User.objects.get(username=name) for name in (LEAD, FULL_DESK))
    unowned = Case.objects.visible_to(owner).claimable().filter(queue__key=ITS_QUEUE)
    seen = unowned.exclude(status=CaseStatus.TRIAGED)
    for case in seen.order_by("resolve_due_at", "pk")[:ITS_CASES]:
        working.assign(
            case=case,
            by=lead,
            owner=owner,
            reason="Covers for a colleague on leave",
            at=now,
            seen_version=case.version,
        )
