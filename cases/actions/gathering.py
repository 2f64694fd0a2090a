"""Working like denials together: projects, their cases, and what is done to all of them at once."""

from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from cases.actions import moving
from cases.evidence import services as evidence
from cases.evidence.models import Attachment
from cases.projects import services
from cases.projects.lifecycle import ProjectState, Target
from cases.projects.models import Prevention, Project
from cases.projects.patterns import Pattern
from cases.projects.queries import alike, cases_of, loose
from cases.projects.services import NothingGathered
from cases.work import services as work
from cases.work.lifecycle import Verb
from cases.work.models import Case, NoteKind
from cases.work.querysets import CaseQuerySet
from cases.work.visibility import WORK_QUEUE

MOST = 1_000
"""Cases that one project takes at once, or that one note or file goes to."""
REASON = "Took the next case of “{project}”."


@transaction.atomic
def start(
    *,
    name: str,
    pattern: Pattern,
    owner: User,
    by: User,
    target: Target | None = None,
) -> Project:
    """Begin a project with the open cases of its pattern that no other project holds.

    Raises MayNotWork, PatternMissing, ProjectRefused, NothingGathered; then nothing is begun.
    """
    project = services.start(name=name, pattern=pattern, owner=owner, by=by, target=target)
    services.gather(project=project, cases=_first(loose(pattern, by)), by=by)
    return project


def gather(*, project: Project, by: User) -> int:
    """Take in what has come since; returns how many. Raises what `projects.gather` raises."""
    return services.gather(project=project, cases=_first(alike(project, by)), by=by)


def drop(*, project: Project, case: Case, by: User, reason: str) -> None:
    """Take a case out of a project. Raises MayNotWork, ProjectRefused."""
    services.drop(project=project, case=case, by=by, reason=reason)


def become(
    *,
    project: Project,
    state: ProjectState,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> Project:
    """Bring a project to another state. Raises MayNotWork, StaleProject, ProjectRefused."""
    return services.become(
        project=project, state=state, by=by, reason=reason, at=at, seen_version=seen_version
    )


def change(
    *,
    project: Project,
    name: str,
    owner: User,
    target: Target,
    by: User,
    reason: str,
    seen_version: int,
) -> Project:
    """Rename a project, hand it over, or set its aim. Raises as `become`."""
    return services.change(
        project=project,
        name=name,
        owner=owner,
        target=target,
        by=by,
        reason=reason,
        seen_version=seen_version,
    )


def prevent(
    *, project: Project, change: str, owner: User, effective_on: date, by: User
) -> Prevention:
    """Say what is changed so that the denials stop. Raises MayNotWork, ProjectRefused."""
    return services.prevent(
        project=project, change=change, owner=owner, effective_on=effective_on, by=by
    )


@transaction.atomic
def claim_next(*, project: Project, by: User, at: datetime) -> Case | None:
    """Take the next case of a project: due first, then amount. None: none waits.

    No case is given twice, and nobody waits: one that somebody is just claiming is passed over.
    """
    waiting = _workable(project, by).claimable().order_by("resolve_due_at", "-amount_at_risk", "pk")
    case = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if case is None:
        return None
    return moving.move(
        case=case,
        verb=Verb.CLAIM,
        by=by,
        reason=REASON.format(project=project),
        at=at,
        seen_version=case.version,
    )


def note_all(*, project: Project, by: User, text: str, kind: NoteKind = NoteKind.COMMENT) -> int:
    """Say the same on every open case of a project that somebody works; returns on how many.

    Raises TextMissing, NothingGathered when there is none.
    """
    return work.note_many(
        cases=_some(_workable(project, by)), by=by, text=text, kind=NoteKind(kind)
    )


def attach_all(*, project: Project, by: User, file: File[Any]) -> list[Attachment]:
    """Keep one file with every open case of a project that somebody works.

    Each case's appeal packet can include it. Raises what `evidence.attach` raises.
    """
    return evidence.attach_many(cases=_some(_workable(project, by)), by=by, file=file)


def share(*, project: Project, attachment: Attachment, by: User) -> list[Attachment]:
    """Give a file of one case to the open cases of the project that lack it."""
    having = Attachment.objects.filter(sha256=attachment.sha256).values("case")
    lacking = _workable(project, by).exclude(pk__in=having)
    return evidence.share(attachment=attachment, cases=_some(lacking), by=by)


def _workable(project: Project, by: User) -> CaseQuerySet:
    return cases_of(project, by).open().filter(queue__in=scope_ids(by, WORK_QUEUE))


def _some(cases: CaseQuerySet) -> list[Case]:
    found = list(cases.order_by("pk")[:MOST])
    if not found:
        message = "There is no open case here that you may work."
        raise NothingGathered(message)
    return found


def _first(cases: CaseQuerySet) -> list[int]:
    return list(cases.order_by("resolve_due_at", "pk").values_list("pk", flat=True)[:MOST])
