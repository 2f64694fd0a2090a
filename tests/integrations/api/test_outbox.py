"""The way out by the API: followed by those who may, decided by fewer, once."""

import pytest

from billing_portal.audit.models import AuditEvent
from integrations.outbox.lifecycle import OutboxState
from tests.factories.outbox import AttemptFactory, OutboxMessageFactory

pytestmark = pytest.mark.django_db
OUTBOX = "/api/v1/outbox/"


@pytest.fixture
def engineer(house):
    return house.client(house.person("integration_engineer", username="engineer"))


@pytest.fixture
def message():
    return OutboxMessageFactory(
        state=OutboxState.REJECTED, due_at=None, code="period_closed", words="It is closed."
    )


def address(message, verb=""):
    return f"{OUTBOX}{message.public_id}/" + (f"{verb}/" if verb else "")


def test_a_message_says_all_but_what_exactly_it_asks(engineer, message):
    held = engineer.get(address(message)).json()

    assert held["total"] == "125.50"
    assert (held["state"], held["waits_for_a_person"]) == ("rejected", True)
    assert held["key"] == message.key
    assert "payload" not in held


def test_messages_are_narrowed(engineer, message):
    OutboxMessageFactory()

    found = engineer.get(f"{OUTBOX}?state=rejected&code=period_closed").json()["results"]

    assert [each["id"] for each in found] == [str(message.public_id)]


def test_calls_and_causes_are_told(engineer, message):
    AttemptFactory(message=message)

    calls = engineer.get(address(message, "attempts")).json()["results"]
    causes = engineer.get(f"{OUTBOX}causes/").json()

    assert [call["answer"] for call in calls] == ["not_reached"]
    assert [(cause["code"], cause["messages"]) for cause in causes] == [("period_closed", 1)]


def test_a_replay_is_done_once_under_its_key(engineer, message):
    for _twice in range(2):
        answer = engineer.post(
            address(message, "replay"),
            {"reason": "The period was opened."},
            "json",
            HTTP_IDEMPOTENCY_KEY="replay-1",
        )
        assert (answer.status_code, answer.json()["state"]) == (200, "pending")

    assert AuditEvent.objects.filter(verb="outbox.replayed").count() == 1


def test_a_message_under_way_is_refused(engineer):
    going = OutboxMessageFactory()

    answer = engineer.post(address(going, "withdraw"), {"reason": "No."}, "json")

    assert (answer.status_code, answer.json()["code"]) == (409, "outbox_message_not_waiting")


def test_confirming_wants_a_reference(engineer):
    lost = OutboxMessageFactory(state=OutboxState.UNKNOWN, due_at=None, code="unknown")

    assert engineer.post(address(lost, "confirm"), {"reason": "Found."}, "json").status_code == 400
    body = {"reason": "Found.", "reference": "DOC-7"}
    assert engineer.post(address(lost, "confirm"), body, "json").json()["state"] == "confirmed"


def test_who_only_looks_decides_nothing_and_others_see_nothing(house, message):
    looker = house.client(house.person("treasury"))
    stranger = house.client(house.person("denial_specialist"))

    assert looker.get(address(message)).status_code == 200
    assert looker.post(address(message, "replay"), {"reason": "x"}, "json").status_code == 403
    assert stranger.get(OUTBOX).status_code == 403
