"""Many cases at once, at the JSON door."""

import pytest

from cases.bulk.models import Batch
from cases.work.models import Case
from tests.house import CANARY

BULK = "/api/v1/bulk/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(house):
    return house.person("denial_specialist", username="caller")


@pytest.fixture
def client(house, caller):
    return house.client(caller)


def order(**fields):
    return {"verb": "assign", "owner": "caller", "reason": "r", "query": "is_open=true"} | fields


def test_a_selection_is_previewed_done_and_undone(house, caller, client):
    for _ in range(3):
        house.case()
    house.canaries(2)

    made = client.post(BULK, order(), "json")
    address = f"{BULK}{made.json()['id']}/"

    assert (made.status_code, made.json()["cases"], made.json()["amount"]) == (201, 3, "1200.00")
    assert made.json()["counted"] == [{"outcome": "waiting", "why": "", "cases": 3}]
    assert not Case.objects.exclude(version=1).exists()

    done = client.post(f"{address}start/").json()
    assert (done["status"], done["can_be_undone"]) == ("done", True)
    assert done["counted"] == [{"outcome": "done", "why": "", "cases": 3}]
    assert Case.objects.filter(owner=caller).count() == 3

    rows = client.get(f"{address}rows/").json()["results"]
    assert [row["outcome"] for row in rows] == ["done"] * 3
    assert CANARY not in str(rows)

    undone = client.post(f"{address}undo/").json()
    assert undone["counted"] == [{"outcome": "undone", "why": "", "cases": 3}]
    assert not Case.objects.filter(owner=caller).exists()
    assert client.get(address).json()["status"] == "undone"


def test_cases_are_named_by_id_and_foreign_ones_are_not_there(house, client):
    own, *_others = [house.case() for _ in range(2)]
    ids = [str(case.public_id) for case in [own, *house.canaries()]]
    body = {name: value for name, value in order(cases=ids).items() if name != "query"}

    assert client.post(BULK, body, "json").json()["cases"] == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"cases": []}, 400),
        ({"query": "amount_min=much"}, 400),
        ({"verb": "conjure"}, 400),
        ({"colour": "red"}, 400),
        ({"verb": "transfer"}, 409),
        ({"query": "queue=nowhere"}, 409),
        ({"reason": " "}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused(house, client, fields, status):
    house.case()

    assert client.post(BULK, order(**fields), "json").status_code == status
    assert not Batch.objects.exists()


def test_somebody_elses_batch_does_not_exist(house, client):
    house.case()
    address = f"{BULK}{client.post(BULK, order(), 'json').json()['id']}/"
    other = house.client(house.person("denial_specialist"))

    assert other.get(address).status_code == 404
    assert other.get(f"{address}rows/").status_code == 404
    for verb in ("start", "undo"):
        assert other.post(f"{address}{verb}/").status_code == 404
    assert Case.objects.get().version == 1


def test_the_same_call_again_makes_no_second_batch(house, client):
    house.case()

    ids = {
        client.post(BULK, order(), "json", HTTP_IDEMPOTENCY_KEY="k").json()["id"] for _ in range(2)
    }

    assert len(ids) == Batch.objects.count() == 1
