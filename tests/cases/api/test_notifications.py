"""The inbox by the API: one's own, and how one wants to be told."""

import pytest
from django.utils import timezone

from cases.notices.models import Notification
from cases.notices.vocabulary import MessageKind
from tests.factories.sharing import NotificationFactory
from tests.house import CANARY

pytestmark = pytest.mark.django_db

INBOX = "/api/v1/notifications/"


@pytest.fixture
def person(house):
    return house.person("denial_specialist")


@pytest.fixture
def client(house, person):
    return house.client(person)


@pytest.fixture
def told(house, person):
    return NotificationFactory(user=person, case=house.case(), text="TS-1: Ann named you.")


def test_one_sees_what_one_was_told_and_why(client, told):
    NotificationFactory(text=CANARY)

    (row,) = client.get(INBOX).json()["results"]

    assert (row["kind"], row["text"], row["why"]) == ("mention", told.text, told.why)
    assert (row["case"], row["reference"]) == (str(told.case.public_id), told.case.reference)


def test_it_can_be_narrowed(client, person, told):
    done = NotificationFactory(
        user=person,
        kind=MessageKind.BREACH,
        read_at=timezone.now(),
        done_at=timezone.now(),
    )

    def shown(query):
        return {row["id"] for row in client.get(f"{INBOX}?{query}").json()["results"]}

    assert shown("is_done=false") == shown("kind=mention") == shown("is_read=false")
    assert shown("is_done=true") == shown("kind=breach") == {str(done.public_id)}
    assert shown("kind=mention&kind=breach") == {str(told.public_id), str(done.public_id)}


def test_one_is_read_done_with_and_taken_up_again(client, told):
    address = f"{INBOX}{told.public_id}/"

    read = client.post(f"{address}read/").json()
    finished = client.post(f"{address}finish/").json()
    again = client.post(f"{address}take-up/").json()

    assert read["read_at"] is not None
    assert read["read_at"] == finished["read_at"] == again["read_at"]
    assert finished["done_at"]
    assert again["done_at"] is None


def test_all_are_done_with_up_to_one(client, person, told):
    later = NotificationFactory(user=person)

    answer = client.post(f"{INBOX}finish-all/", {"up_to": str(told.public_id)}, "json")

    assert answer.json() == {"finished": 1}
    assert list(Notification.objects.filter(done_at=None)) == [later]


def test_somebody_elses_is_not_there(client):
    foreign = NotificationFactory(text=CANARY)

    assert client.get(f"{INBOX}{foreign.public_id}/").status_code == 404
    for verb in ("read", "finish", "take-up"):
        assert client.post(f"{INBOX}{foreign.public_id}/{verb}/").status_code == 404
    answer = client.post(f"{INBOX}finish-all/", {"up_to": str(foreign.public_id)}, "json")
    assert answer.json() == {"finished": 0}
    assert Notification.objects.get().read_at is None


def test_how_one_wants_mail_is_read_and_kept(client):
    before = client.get(f"{INBOX}settings/").json()
    body = {
        "paces": {"mention": "off"},
        "quiet_from": "19:00",
        "quiet_until": "07:00",
        "version": before["version"],
    }

    after = client.post(f"{INBOX}settings/", body, "json").json()
    stale = client.post(f"{INBOX}settings/", body, "json")

    assert before["paces"]["breach"] == "instant"
    assert (after["paces"]["mention"], after["quiet_from"]) == ("off", "19:00:00")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")


@pytest.mark.parametrize(
    "body",
    [
        {"paces": {"gossip": "off"}, "version": 0},
        {"paces": {"mention": "weekly"}, "version": 0},
        {"version": 0, "theme": "dark"},
        {},
    ],
)
def test_what_no_setting_can_be_is_refused(client, body):
    assert client.post(f"{INBOX}settings/", body, "json").status_code == 400


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_queries_for_any_number(house, rows, django_assert_num_queries):
    person = house.person("denial_specialist")
    for _ in range(rows):
        NotificationFactory(user=person, case=house.case())
    client = house.client(person)

    # the token; the page of rows with their cases
    with django_assert_num_queries(2):
        assert len(client.get(INBOX).json()["results"]) == rows
