"""Projects through the API: the same verbs, the same refusals."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories.projects import ProjectCaseFactory, ProjectFactory
from tests.house import CANARY, DETAILS, House

pytestmark = pytest.mark.django_db
PROJECTS = "/api/v1/projects/"


@pytest.fixture
def specialist(house: House):
    return house.person("denial_specialist", username="specialist")


@pytest.fixture
def client(house: House, specialist):
    return house.client(specialist)


@pytest.fixture
def project(house, specialist):
    made = ProjectFactory(owner=specialist)
    for _ in range(2):
        ProjectCaseFactory(project=made, case=house.case())
    return made


def address(project, verb=""):
    return f"{PROJECTS}{project.public_id}/{verb}/" if verb else f"{PROJECTS}{project.public_id}/"


def test_a_project_is_begun_read_and_listed(house, client):
    house.case()
    given = {"name": "Alike", "code": "CO-197", "owner": "specialist", "facility": "test-north"}

    made = client.post(PROJECTS, given | {"target_rate": "0.05"}, format="json")

    assert made.status_code == 201
    assert made.data["open_cases"] == 1
    assert made.data["open_amount"] == "400.00"
    read = client.get(f"{PROJECTS}{made.data['id']}/")
    assert read.data == client.get(PROJECTS).data["results"][0] == made.data


def test_a_foreign_site_cannot_be_named(house, client):
    given = {"name": "Alike", "owner": "specialist", "facility": "test-south"}

    assert client.post(PROJECTS, given, format="json").status_code == 400


def test_suggestions_are_those_of_the_page(house, client):
    for _ in range(5):
        house.case(opened_at=timezone.now(), details=DETAILS | {"remarks": ["N54"]})
    house.canaries(5, opened_at=timezone.now())

    (found,) = client.get(f"{PROJECTS}suggestions/").data

    assert (found["cases"], found["remark"], found["facility"]) == (5, "N54", "North Test Hospital")


VERBS = [
    ("note", {"text": "One cause."}, {"cases": 2}),
    ("change", {"name": "B", "owner": "specialist", "reason": "x", "version": 1}, {"name": "B"}),
    ("state", {"state": "working", "reason": "x", "version": 1}, {"state": "working"}),
    ("claim_next", {}, {"status": "in_work"}),
    (
        "prevent",
        {"change": "Ask", "owner": "specialist", "effective_on": "2026-03-01"},
        {"recurred": None},
    ),
]


@pytest.mark.parametrize(("verb", "given", "answered"), VERBS)
def test_each_verb_does_what_the_page_does(client, project, verb, given, answered):
    answer = client.post(address(project, verb), given, format="json")

    assert answer.status_code == 200
    assert answered.items() <= answer.data.items()


def test_one_file_goes_to_all_and_a_case_is_taken_out(house, client, project):
    file = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 proof", "application/pdf")
    assert client.post(address(project, "attach"), {"file": file}).data == {"cases": 2}
    case = project.members.order_by("pk")[0].case

    given = {"case": str(case.public_id), "reason": "Another cause"}
    assert client.post(address(project, "drop"), given, format="json").status_code == 204
    assert client.post(address(project, "gather")).data == {"cases": 1}
    assert client.post(address(project, "gather")).data["code"] == "nothing_gathered"


def test_an_outcome_is_read(client, project):
    assert client.get(address(project, "outcome")).data == {
        "months": [],
        "comparison": None,
        "recurred": None,
    }


def test_foreign_projects_do_not_exist(house, client):
    foreign = ProjectCaseFactory(case=house.canaries()[0], project__name=CANARY).project

    assert client.get(PROJECTS).data["results"] == []
    assert client.get(address(foreign)).status_code == 404
    assert client.post(address(foreign, "gather")).status_code == 404
