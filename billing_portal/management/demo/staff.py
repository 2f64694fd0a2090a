"""The demo's people at work: each does what the plan says, by the verbs that everybody has.

The record stamps when a thing was recorded, and nobody can change that; so what is played is dated
in its words, as people in billing offices date their notes.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile

from billing_portal.access.grants import may
from billing_portal.access.roles import REVEAL
from billing_portal.accounts.models import User
from billing_portal.management.demo.people import EVERYWHERE, PEOPLE, TEAM_BY_KEY, WORK, Person
from billing_portal.management.demo.work import Act, Doing, Subject, plan
from cases.actions import awaiting, evidence, revealing, working
from cases.actions.revealing import Purpose
from cases.actions.working import Waiting
from cases.types.denial.detect import KEY as DENIAL
from cases.work.lifecycle import FINISHED, CaseStatus
from cases.work.models import Case, NoteKind, Queue
from cases.work.references import Reference
from cases.work.services.leasing import drop_leases
from cases.work.steps import steps_of

LEADS = {"team_lead", "queue_supervisor", "rc_manager"}
LEFT_ALONE = {"triage", "remittance-exceptions"}
"""Queues in which the demo's oddities are kept for whoever looks."""
BACKLOG, LEFT_OF_BACKLOG = timedelta(days=7), 0.5
MOVED_TO = "denials-technical"
"""The queue for denials that no other is for."""
LETTER = """\
DEMONSTRATION LETTER. No real person, payer or provider.

Reference {reference}
We received this claim on time and keep the acknowledgement on file.
"""


@dataclass(order=True, slots=True)
class Job:
    """What is next to do on one case, by one person.

    `cycle` and `queue_id` tell a plan from a later one, and from one of another queue.
    """

    at: datetime
    case_id: int
    cycle: int = field(compare=False)
    queue_id: int = field(compare=False)
    worker: User = field(compare=False)
    acts: list[Act] = field(compare=False)


class Staff:
    """Takes notice of new cases, and works them as time goes on."""

    def __init__(self, *, time_zone: str, now: datetime) -> None:
        self.now = now
        self.time_zone = time_zone
        self.zone = ZoneInfo(time_zone)
        self.users = {user.username: user for user in User.objects.filter(username__in=USERNAMES)}
        self.jobs: list[Job] = []
        self.planned: set[tuple[int, int, int]] = set()
        self.given: Counter[str] = Counter()
        self.done = 0

    def take_notice(self, *, at: datetime) -> None:
        """Plan the work on cases that were opened, opened again or moved here by now."""
        waiting = Case.objects.open().filter(owner=None, status__in=FRESH)
        for case in waiting.select_related("queue", "facility").order_by("pk"):
            held = (case.pk, case.cycle, case.queue_id)
            if held not in self.planned:
                self.planned.add(held)
                self._plan(case, at=at)

    def _plan(self, case: Case, *, at: datetime) -> None:
        seed = f"{case.key}:{case.cycle}:{case.queue.key}"
        rng = Random(seed)  # noqa: S311 -- repeatable, not secret
        able = workers_of(case)
        subject = Subject(
            seed=seed,
            opened_at=max(at, case.opened_at),
            due_at=case.resolve_due_at,
            category=case.category,
            is_denial=case.case_type == DENIAL,
            may_move=case.queue.key != MOVED_TO,
        )
        acts = plan(subject, time_zone=self.time_zone)
        is_left = case.queue.key in LEFT_ALONE or (
            at > self.now - BACKLOG and rng.random() < LEFT_OF_BACKLOG
        )
        if able and not is_left:
            worker = self.users[self._least_busy(able)]
            job = Job(acts[0].at, case.pk, case.cycle, case.queue_id, worker, acts)
            heapq.heappush(self.jobs, job)

    def _least_busy(self, able: list[Person]) -> str:
        """Who of them was given the fewest cases so far."""
        chosen = min((person.username for person in able), key=self.given.__getitem__)
        self.given[chosen] += 1
        return chosen

    def work(self, *, until: datetime) -> None:
        """Do all that would have been done by then, in order of time."""
        while self.jobs and self.jobs[0].at < until:
            job = heapq.heappop(self.jobs)
            case = Case.objects.select_related("claim__patient").get(pk=job.case_id)
            is_another = (case.cycle, case.queue_id) != (job.cycle, job.queue_id)
            if case.status in FINISHED or is_another:
                continue  # the payer was quicker
            act, *later = job.acts
            self._do(case, act, job.worker)
            self.done += 1
            if later:
                job.acts, job.at = later, later[0].at
                heapq.heappush(self.jobs, job)

    def _do(self, case: Case, act: Act, worker: User) -> None:
        dated = f"{act.at.astimezone(self.zone):%m/%d}: {act.words}"
        DO[act.doing](case, act, worker, dated)

    def go_home(self) -> None:
        """Nobody is at any case any more."""
        drop_leases(cases=list(Case.objects.filter(lease__isnull=False).order_by("pk")))


def workers_of(case: Case) -> list[Person]:
    """Who may work this case: specialists before leads."""
    able = [person for person in PEOPLE if may_work(person, case)]
    return [person for person in able if person.role not in LEADS] or able


def may_work(person: Person, case: Case) -> bool:
    """Whether a person's teams work the case's queue and their sites hold its facility."""
    teams = (TEAM_BY_KEY[key] for key in person.teams)
    works = any(case.queue.key in team.queues and WORK[-1] in team.may for team in teams)
    return works and bool({case.facility.key, EVERYWHERE} & set(person.sites))


def claim(case: Case, act: Act, worker: User, _words: str) -> None:
    """Take it."""
    working.claim(case=case, by=worker, at=act.at, seen_version=case.version)


def assign(case: Case, act: Act, worker: User, words: str) -> None:
    """A lead gives it."""
    lead = User.objects.get(username=LEAD)
    working.assign(
        case=case, by=lead, owner=worker, reason=words, at=act.at, seen_version=case.version
    )


def tick(case: Case, act: Act, worker: User, _words: str) -> None:
    """Tick one of its steps."""
    steps = steps_of(case)
    working.mark_step(
        case=case, by=worker, step=steps[min(act.step, len(steps) - 1)].key, is_done=True
    )


def write(case: Case, act: Act, worker: User, words: str) -> None:
    """Write a note; before a call, the patient's name is looked up."""
    has_patient = case.claim is not None and case.claim.patient is not None
    if act.kind == NoteKind.CALL and has_patient and may(worker, REVEAL):
        revealing.reveal_patient(case=case, by=worker, purpose=Purpose.CALL)
    reference = Reference(payer_reference=act.reference)
    working.comment(case=case, by=worker, text=words, kind=act.kind, reference=reference)


def attach(case: Case, _act: Act, worker: User, _words: str) -> None:
    """Attach a letter."""
    letter = LETTER.format(reference=case.reference).encode()
    evidence.attach(case=case, by=worker, file=ContentFile(letter, name="acknowledgement.txt"))


def wait_for_payer(case: Case, act: Act, worker: User, words: str) -> None:
    """Let it wait for the payer."""
    working.wait(
        case=case, by=worker, waiting_for=Waiting.PAYER, reason=words, at=act.at,
        seen_version=case.version,
    )  # fmt: skip


def wait_for_information(case: Case, act: Act, worker: User, words: str) -> None:
    """Let it wait for somebody's answer."""
    working.wait(
        case=case, by=worker, waiting_for=Waiting.INFO, reason=words, at=act.at,
        seen_version=case.version,
    )  # fmt: skip


def resume(case: Case, act: Act, worker: User, words: str) -> None:
    """Go on with it."""
    working.resume(case=case, by=worker, reason=words, at=act.at, seen_version=case.version)


def defer(case: Case, act: Act, worker: User, words: str) -> None:
    """Let it sleep."""
    assert act.until is not None
    awaiting.defer(
        case=case, by=worker, until=act.until, reason=words, at=act.at, seen_version=case.version
    )


def transfer(case: Case, act: Act, worker: User, words: str) -> None:
    """Move it to the queue for what no other queue is for."""
    queue = Queue.objects.get(key=MOVED_TO)
    working.transfer(
        case=case, by=worker, queue=queue, reason=words, at=act.at, seen_version=case.version
    )


def resolve(case: Case, act: Act, worker: User, words: str) -> None:
    """End it."""
    assert act.disposition is not None
    working.resolve(
        case=case, by=worker, disposition=act.disposition, reason=words, at=act.at,
        seen_version=case.version,
    )  # fmt: skip


FRESH = sorted({CaseStatus.NEW, CaseStatus.TRIAGED, CaseStatus.REOPENED})
LEAD = "priya"
USERNAMES: Iterable[str] = [person.username for person in PEOPLE]
DO: dict[Doing, Callable[[Case, Act, User, str], None]] = {
    Doing.CLAIM: claim,
    Doing.ASSIGN: assign,
    Doing.STEP: tick,
    Doing.NOTE: write,
    Doing.ATTACH: attach,
    Doing.WAIT_PAYER: wait_for_payer,
    Doing.WAIT_INFO: wait_for_information,
    Doing.RESUME: resume,
    Doing.DEFER: defer,
    Doing.TRANSFER: transfer,
    Doing.RESOLVE: resolve,
}
