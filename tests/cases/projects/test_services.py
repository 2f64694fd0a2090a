"""Projects are made, filled, steered and closed by those who may, and nothing else changes."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.models.history import history_table
from cases.projects import services
from cases.projects.lifecycle import ProjectState, Target
from cases.projects.models import Prevention, Project, ProjectCase
from cases.projects.patterns import Pattern
from cases.projects.steering import may_steer
from cases.work.visibility import MayNotWork
from tests.factories.projects import ProjectCaseFactory, ProjectFactory

pytestmark = pytest.mark.django_db
PATTERN = Pattern(code="CO-197")


@pytest.fixture
def worker(house):
    return house.person("denial_specialist")


@pytest.fixture
def project(worker):
    return services.start(name="No authorization", pattern=PATTERN, owner=worker, by=worker)


def test_a_project_is_begun_on_record(project, worker):
    (event,) = AuditEvent.objects.filter(verb="project.started")

    assert (event.actor, event.chain) == (worker, f"config:project:{project.pk}")
    assert project.history.get().history_user == worker


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"pattern": Pattern()}, services.PatternMissing),
        ({"name": "  "}, services.ProjectRefused),
    ],
)
def test_a_project_says_its_name_and_what_makes_its_cases_alike(worker, given, refusal):
    asked = {"name": "A", "pattern": PATTERN, "owner": worker, "by": worker} | given

    with pytest.raises(refusal):
        services.start(**asked)

    assert not Project.objects.exists()


def test_who_works_nothing_begins_nothing(house):
    auditor = house.person("auditor")

    with pytest.raises(MayNotWork):
        services.start(name="A", pattern=PATTERN, owner=auditor, by=auditor)


def test_gathering_takes_open_cases_that_one_may_work_and_leaves_history(house, project, worker):
    mine = [house.case(), house.case()]
    foreign = house.canaries()
    held = ProjectCaseFactory(case=house.case()).case
    every = [*mine, *foreign, held]

    assert services.gather(project=project, cases=[case.pk for case in every], by=worker) == 2

    members = ProjectCase.objects.filter(project=project)
    assert {member.case for member in members} == set(mine)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SELECT count(*) FROM {history_table(ProjectCase)}")
        assert cursor.fetchone() == (3,)


def test_nothing_to_gather_is_said(house, project, worker):
    with pytest.raises(services.NothingGathered):
        services.gather(project=project, cases=[house.canaries()[0].pk], by=worker)


def test_a_case_is_in_one_open_project_at_most(house):
    case = house.case()
    ProjectCaseFactory(case=case)

    with pytest.raises(IntegrityError, match="one_open_project"), transaction.atomic():
        ProjectCaseFactory(case=case)


def test_closing_lets_the_cases_go_and_keeps_what_they_belonged_to(house, project, worker):
    case = house.case()
    services.gather(project=project, cases=[case.pk], by=worker)
    now = timezone.now()

    services.become(
        project=project,
        state=ProjectState.CLOSED,
        by=worker,
        reason="Done",
        at=now,
        seen_version=1,
    )

    project.refresh_from_db()
    assert (project.state, project.closed_at, project.version) == ("closed", now, 2)
    assert not project.members.get().is_held
    again = services.start(name="Again", pattern=PATTERN, owner=worker, by=worker)
    assert services.gather(project=again, cases=[case.pk], by=worker) == 1
    with pytest.raises(services.ProjectRefused):
        services.gather(project=project, cases=[case.pk], by=worker)


def test_measuring_needs_something_to_measure(project, worker):
    def go(state, seen):
        return services.become(
            project=project,
            state=state,
            by=worker,
            reason="On",
            at=timezone.now(),
            seen_version=seen,
        )

    go(ProjectState.WORKING, 1)
    with pytest.raises(services.ProjectRefused):
        go(ProjectState.MEASURING, 2)
    services.prevent(
        project=project, change="Ask", owner=worker, effective_on=date(2026, 3, 1), by=worker
    )
    assert go(ProjectState.MEASURING, 2).version == 3
    with pytest.raises(services.StaleProject):
        go(ProjectState.CLOSED, 2)


def test_prevention_is_corrected_and_not_doubled(project, worker):
    for change in ("Ask", "Ask at booking"):
        services.prevent(
            project=project, change=change, owner=worker, effective_on=date(2026, 3, 1), by=worker
        )

    assert Prevention.objects.get().change == "Ask at booking"
    assert Prevention.objects.get().version == 2


def test_only_the_owner_and_who_leads_a_queue_of_its_cases_steer(house, worker):
    other, lead = house.person("denial_specialist"), house.person("team_lead")
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    house.grant("team_lead", house.north, "view_facility")
    project = ProjectCaseFactory(project__owner=worker, case=house.case()).project

    assert may_steer(worker, project)
    assert may_steer(lead, project)
    assert not may_steer(other, project)
    assert not may_steer(lead, ProjectFactory())
    with pytest.raises(MayNotWork):
        services.change(
            project=project,
            name="Mine now",
            owner=other,
            target=Target(),
            by=other,
            reason="x",
            seen_version=1,
        )


def test_a_case_that_does_not_belong_is_taken_out_with_a_reason(house, project, worker):
    case = house.case()
    services.gather(project=project, cases=[case.pk], by=worker)

    with pytest.raises(services.ProjectRefused):
        services.drop(project=project, case=case, by=worker, reason=" ")
    services.drop(project=project, case=case, by=worker, reason="Another cause")

    assert not project.members.exists()
    with pytest.raises(services.ProjectRefused):
        services.drop(project=project, case=case, by=worker, reason="Twice")
