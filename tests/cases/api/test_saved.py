"""Saved views at the JSON door."""

import pytest

from cases.views.models import SavedView
from tests.factories.views import SavedViewFactory

VIEWS = "/api/v1/views/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(house):
    return house.client(house.person("denial_specialist"))


def test_a_view_is_kept_listed_changed_and_forgotten(house, client):
    SavedViewFactory()

    made = client.post(VIEWS, {"name": "Large", "list": "test-auth", "query": "view=large"}, "json")
    address = f"{VIEWS}{made.json()['id']}/"

    assert made.status_code == 201
    assert made.json()["address"].startswith("/queues/test-auth/?view=large&v=")
    assert [each["name"] for each in client.get(VIEWS).json()["results"]] == ["Large"]
    changed = client.post(f"{address}change/", {"columns": ["due"], "position": 2}, "json").json()
    assert (changed["columns"], changed["position"]) == (["due"], 2)
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"list": "test-coding"}, 404),
        ({"columns": ["colour"]}, 400),
        ({"name": ""}, 400),
        ({"sharing": "team", "group": "denial_specialist"}, 409),
    ],
)
def test_what_cannot_be_kept_is_refused(house, client, fields, status):
    body = {"name": "Large", "list": "all"} | fields

    assert client.post(VIEWS, body, "json").status_code == status
    assert not SavedView.objects.exists()


def test_somebody_elses_view_does_not_exist(client):
    foreign = SavedViewFactory()
    address = f"{VIEWS}{foreign.public_id}/"

    assert client.get(address).status_code == 404
    assert client.post(f"{address}change/", {"name": "x"}, "json").status_code == 404
    assert client.delete(address).status_code == 404
    assert SavedView.objects.get().name == foreign.name


def test_a_name_never_comes_to_stand_in_an_address(client):
    asked = {"name": "Smiths", "list": "all", "query": "q=SMITH"}
    own = client.post(VIEWS, asked | {"query": "q=CO-197"}, "json").json()

    refused = [
        client.post(VIEWS, asked, "json"),
        client.post(f"{VIEWS}{own['id']}/change/", {"query": "q=SMITH"}, "json"),
    ]

    assert [answer.status_code for answer in refused] == [409, 409]
    assert not any("SMITH" in answer.content.decode() for answer in refused)
    assert SavedView.objects.get().query == "q=CO-197"
