"""The only writers of projects, their cases and their prevention items."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import delete_because, insert_history, save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.projects.lifecycle import ProjectState, Target, may_become
from cases.projects.models import Prevention, Project, ProjectCase
from cases.projects.patterns import Pattern
from cases.projects.steering import may_steer, require_worker
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.visibility import WORK_QUEUE, MayNotWork


class PatternMissing(DomainError):
    """A project says what makes its cases alike."""

    code = "pattern_missing"


class ProjectRefused(DomainError):
    """The project's state does not allow what was asked, or something it needs is missing."""

    code = "project_refused"


class StaleProject(DomainError):
    """The project changed after the caller saw it (HTTP 409)."""

    code = "project_changed"


class NothingGathered(DomainError):
    """None of the cases could be taken into the project."""

    code = "nothing_gathered"


GATHER = sql.SQL(
    "WITH written AS ("
    " INSERT INTO cases_projectcase (project_id, case_id, is_held, added_by_id)"
    " SELECT %(project)s, id, true, %(by)s FROM unnest(%(cases)s::bigint[]) AS wanted (id)"
    " ORDER BY id ON CONFLICT DO NOTHING RETURNING *), history AS ({history})"
    " SELECT case_id FROM written ORDER BY case_id"
)
LET_GO = sql.SQL(
    "WITH written AS ("
    " UPDATE cases_projectcase SET is_held = false"
    " WHERE project_id = %(project)s AND is_held RETURNING *) {history}"
)


@transaction.atomic
def start(
    *, name: str, pattern: Pattern, owner: User, by: User, target: Target | None = None
) -> Project:
    """Make an empty project. Raises MayNotWork, PatternMissing, ProjectRefused."""
    require_worker(by)
    require_worker(owner)
    if not pattern.parts:
        message = (
            "Say what makes the cases alike: a payer, a reason, a remark, a service or a site."
        )
        raise PatternMissing(message)
    if not name.strip():
        message = "Give the project a name."
        raise ProjectRefused(message)
    target = target or Target()
    project = Project(
        name=name.strip(),
        payer_id=pattern.payer_id,
        facility_id=pattern.facility_id,
        code=pattern.code,
        remark=pattern.remark,
        service=pattern.service,
        owner=owner,
        target_rate=target.rate,
        target_on=target.on,
    )
    save_because(project, by=by, reason="Project started")
    _record(project, "project.started", by=by, reason="Project started", owner=owner.pk)
    return project


@transaction.atomic
def gather(*, project: Project, cases: Iterable[int], by: User) -> int:
    """Take open cases that somebody may work into a project, set-wise; returns how many.

    Those that another open project holds are left out. Locks the project. Raises MayNotWork,
    ProjectRefused for a closed one, NothingGathered.
    """
    locked = _lock(project, by=by)
    if locked.state == ProjectState.CLOSED:
        message = "This project is closed; start another one."
        raise ProjectRefused(message)
    workable = _workable(by).open().filter(pk=any_id(cases)).order_by("pk")
    wanted = list(workable.values_list("pk", flat=True))
    taken = _gather(locked, wanted, by=by)
    if not taken:
        message = "Nothing was gathered: an open project holds them already, or none can be worked."
        raise NothingGathered(message)
    _record(locked, "project.gathered", by=by, reason="Cases gathered", cases=len(taken))
    return len(taken)


def _gather(project: Project, cases: Sequence[int], *, by: User) -> list[int]:
    statement = GATHER.format(history=insert_history(ProjectCase, rows="written", kind="+"))
    given: dict[str, Any] = {
        "project": project.pk,
        "cases": list(cases),
        "by": by.pk,
        "reason": "Gathered",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def drop(*, project: Project, case: Case, by: User, reason: str) -> None:
    """Take a case out of an open project. Raises MayNotWork, ProjectRefused."""
    locked = _lock(project, by=by)
    member = ProjectCase.objects.filter(project=locked, case=case, is_held=True).first()
    if member is None:
        message = f"{case} is not held by this project."
        raise ProjectRefused(message)
    delete_because(member, by=by, reason=_given(reason))
    _record(locked, "project.dropped", by=by, reason=reason, case=str(case.public_id))


@transaction.atomic
def become(
    *,
    project: Project,
    state: ProjectState,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> Project:
    """Bring a project to another state; closing it lets its cases go.

    Locks the project. Raises MayNotWork, StaleProject, ProjectRefused.
    """
    locked = _lock(project, by=by, seen_version=seen_version)
    state = ProjectState(state)
    if not may_become(ProjectState(locked.state), state):
        message = f"A project that is “{locked.get_state_display()}” cannot be “{state.label}”."
        raise ProjectRefused(message)
    if state == ProjectState.MEASURING and not Prevention.objects.filter(project=locked).exists():
        message = "Say first what is changed so that these denials stop."
        raise ProjectRefused(message)
    locked.state = state
    locked.closed_at = at if state == ProjectState.CLOSED else None
    _save(locked, ["state", "closed_at"], by=by, reason=_given(reason))
    if state == ProjectState.CLOSED:
        _let_go(locked, by=by, at=at)
    _record(locked, "project.moved", by=by, reason=reason, to=state)
    return locked


def _let_go(project: Project, *, by: User, at: datetime) -> None:
    statement = LET_GO.format(history=insert_history(ProjectCase, rows="written", kind="~"))
    given: dict[str, Any] = {"project": project.pk, "by": by.pk, "reason": "Project closed"}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
    held = Prevention.objects.filter(project=project, effective_on__lte=house_day(at)).first()
    if held is not None:
        held.closed_on = house_day(at)
        held.version += 1
        save_because(held, by=by, reason="Project closed", fields=["closed_on", "version"])


@transaction.atomic
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
    """Rename a project, give it to somebody, or set what it aims at.

    Locks the project. Raises MayNotWork, StaleProject, ProjectRefused.
    """
    locked = _lock(project, by=by, seen_version=seen_version)
    require_worker(owner)
    if not name.strip():
        message = "Give the project a name."
        raise ProjectRefused(message)
    locked.name, locked.owner = name.strip(), owner
    locked.target_rate, locked.target_on = target.rate, target.on
    fields = ["name", "owner", "target_rate", "target_on"]
    _save(locked, fields, by=by, reason=_given(reason))
    _record(locked, "project.changed", by=by, reason=reason, owner=owner.pk)
    return locked


@transaction.atomic
def prevent(
    *, project: Project, change: str, owner: User, effective_on: date, by: User
) -> Prevention:
    """Say what is changed so that a project's denials stop, by whom and from when; or correct it.

    Locks the project. Raises MayNotWork, ProjectRefused.
    """
    locked = _lock(project, by=by)
    if locked.state == ProjectState.CLOSED or not change.strip():
        message = "Say what is changed, on a project that is not closed."
        raise ProjectRefused(message)
    held = Prevention.objects.filter(project=locked).first()
    item = held or Prevention(project=locked)
    item.change, item.owner, item.effective_on = change.strip(), owner, effective_on
    item.version += 1 if held else 0
    reason = "Prevention corrected" if held else "Prevention planned"
    save_because(item, by=by, reason=reason)
    _record(
        locked, "project.prevention", by=by, reason=reason, effective_on=effective_on.isoformat()
    )
    return item


def _lock(project: Project, *, by: User, seen_version: int | None = None) -> Project:
    locked = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if not may_steer(by, locked):
        message = "Only the project's owner, or who leads a queue of its cases, can change it."
        raise MayNotWork(message)
    if seen_version is not None and seen_version != locked.version:
        message = f"“{locked}” was changed after you opened it. Nothing of yours was saved."
        raise StaleProject(message, seen=seen_version, current=locked.version)
    return locked


def _save(project: Project, fields: list[str], *, by: User, reason: str) -> None:
    project.version += 1
    save_because(project, by=by, reason=reason, fields=[*fields, "version"])


def _given(reason: str) -> str:
    if not reason.strip():
        message = "Say why, in a few words."
        raise ProjectRefused(message)
    return reason.strip()


def _workable(by: User) -> Any:
    return Case.objects.visible_to(by).filter(queue__in=scope_ids(by, WORK_QUEUE))


def _record(project: Project, verb: str, *, by: User, reason: str, **facts: object) -> None:
    audit.record(
        chain=f"config:project:{project.pk}",
        verb=verb,
        subject=f"project:{project.public_id}",
        by=by,
        reason=reason.strip(),
        **facts,
    )
