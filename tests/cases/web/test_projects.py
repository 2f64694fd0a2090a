"""The pages of projects: what they show, offer and cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.projects.models import Project
from tests.factories.projects import PreventionFactory, ProjectCaseFactory, ProjectFactory
from tests.house import CANARY, DETAILS
from tests.pages import text_of

pytestmark = pytest.mark.django_db
PROJECTS = "/projects/"


def alike(house, number):
    return [
        house.case(opened_at=timezone.now(), details=DETAILS | {"remarks": ["N54"]})
        for _ in range(number)
    ]


@pytest.fixture
def project(house, specialist):
    made = ProjectFactory(owner=specialist, name="No authorization", payer=house.payer)
    for _ in range(3):
        ProjectCaseFactory(project=made, case=house.case())
    return made


def address(project, verb="project"):
    return reverse(f"cases:{verb}", args=[project.public_id])


def test_a_suggestion_leads_to_a_project_with_as_many_cases(house, reader):
    alike(house, 6)
    house.canaries(2)
    page = reader.get(PROJECTS).content.decode()
    (link,) = re.findall(r'href="(/projects/start/\?[^"]+)"', page)

    form = reader.get(link.replace("&amp;", "&")).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    answer = reader.post("/projects/start/", given, follow=True)

    assert ">6<" in page
    assert CANARY not in page
    assert "CO-197 N54 at North Test Hospital by Lakeside Test Health" in text_of(answer)
    assert Project.objects.get().members.count() == 6


def together(page):
    """Where a page leads to work all of something."""
    (link,) = re.findall(r'href="(/queues/all/\?[^"]*pick=all)"', page.content.decode())
    return link.replace("&amp;", "&")


def test_a_suggestion_is_worked_together_as_the_cases_it_counts(house, reader):
    meant = alike(house, 6)
    house.case(opened_at=timezone.now(), details=DETAILS | {"remarks": ["N55"]})
    house.case(opened_at=timezone.now() - timedelta(days=100))
    house.canaries(2)
    ProjectCaseFactory(case=alike(house, 1)[0])

    address = together(reader.get(PROJECTS))
    page = reader.get(address)
    asked = {"verb": "release", "scope": "all", "query": page.context["page"]["work"].state.top()}

    assert set(reader.listed(address)) == {case.reference for case in meant}
    assert 'name="scope" value="all" checked' in page.content.decode()
    assert "All 6 cases that match" in text_of(reader.post("/bulk/new/", asked))


def test_a_project_is_worked_together_as_its_open_cases(house, reader, project):
    house.case()

    assert len(reader.listed(together(reader.get(address(project))))) == 3


def test_a_case_leads_to_all_that_are_like_it(house, reader):
    cases = [house.case() for _ in range(3)]
    house.case(code="CO-16")

    page = reader.get(reverse("cases:case", args=[cases[0].public_id]))

    assert set(reader.listed(together(page))) == {case.reference for case in cases}


def test_a_project_sent_twice_is_one(house, reader, specialist):
    alike(house, 1)
    given = {"name": "Once", "code": "co-197", "owner": specialist.pk, "key": "k"}

    for _ in range(2):
        assert reader.post("/projects/start/", given).status_code == 302

    assert Project.objects.count() == 1


def test_a_project_shows_its_cases_and_its_outcome(house, reader, project):
    PreventionFactory(project=project)
    house.canaries(2)

    page = text_of(reader.get(address(project)))

    assert "Open cases 3" in page.replace("  ", " ") or "3" in page
    assert "Ask for the authorization when the visit is booked." in page
    assert CANARY not in page


def test_its_cases_are_a_worklist_too(house, reader, project):
    house.case()

    listed = reader.listed("/queues/all/", project=project.public_id)

    assert len(listed) == 3


@pytest.mark.parametrize("cases", [1, 25])
def test_a_project_costs_the_same_queries_for_any_number_of_cases(house, reader, specialist, cases):
    project = ProjectFactory(owner=specialist, payer=house.payer)
    PreventionFactory(project=project)
    for _ in range(cases):
        ProjectCaseFactory(project=project, case=house.case())
    reader.get(address(project))

    with CaptureQueriesContext(connection) as queries:
        assert reader.get(address(project)).status_code == 200

    assert len(queries) <= 17


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_queries_for_any_number_of_projects(house, reader, rows):
    for _ in range(rows):
        ProjectCaseFactory(case=house.case())
    reader.get(PROJECTS)

    with CaptureQueriesContext(connection) as queries:
        assert reader.get(PROJECTS).status_code == 200

    assert len(queries) <= 14


VERBS = {
    "project_note": {"text": "One cause."},
    "project_change": {"name": "Other", "reason": "Clearer", "seen_version": 1},
    "project_state": {"state": "working", "reason": "Begun", "seen_version": 1},
    "project_prevention": {"change": "Ask first", "effective_on": "2026-03-01"},
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_asks_and_does(reader, specialist, project, verb):
    given = VERBS[verb] | {"owner": specialist.pk}

    assert reader.get(address(project, verb)).status_code == 200
    assert reader.post(address(project, verb), {}).status_code == 422
    assert reader.post(address(project, verb), given).status_code == 302


def test_a_case_is_taken_out_by_its_row(reader, project):
    case = project.members.order_by("pk")[0].case
    page = reader.get(address(project)).content.decode()
    assert f"drop/?case={case.public_id}" in page

    given = {"case": case.public_id, "reason": "Another cause"}
    assert reader.post(address(project, "project_drop"), given).status_code == 302
    assert project.members.count() == 2


def test_the_next_case_of_a_project_is_claimed(reader, specialist, project):
    answer = reader.post(address(project, "project_next"), {"key": "n"})

    assert answer.url.startswith("/cases/")
    assert project.members.filter(case__owner=specialist).count() == 1


def test_what_came_since_is_gathered(house, reader, project):
    house.case()

    assert "Gather 1 more" in text_of(reader.get(address(project)))
    reader.post(address(project, "project_gather"))
    assert project.members.count() == 4


def test_a_stale_change_is_refused(reader, specialist, project):
    given = VERBS["project_change"] | {"owner": specialist.pk, "seen_version": 9}

    answer = reader.post(address(project, "project_change"), given)

    assert answer.status_code == 409
    assert "was changed after you opened it" in text_of(answer)


def test_foreign_projects_do_not_exist(house, reader):
    foreign = ProjectCaseFactory(case=house.canaries()[0], project__name=CANARY).project

    assert CANARY not in reader.get(PROJECTS).content.decode()
    for verb in ("project", "project_note", "project_change"):
        assert reader.get(address(foreign, verb)).status_code == 404
    for verb in ("project_gather", "project_next", "project_share"):
        assert reader.post(address(foreign, verb)).status_code == 404


def test_an_old_project_says_what_came_back(house, reader, specialist):
    closed = timezone.now() - timedelta(days=10)
    project = ProjectFactory(owner=specialist, state="closed", closed_at=closed)
    house.case(opened_at=timezone.now())

    assert "1 matching denial came within 90 days" in text_of(reader.get(address(project)))
