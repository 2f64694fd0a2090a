"""The operators' pages of the way out: what was asked, and what a person may do about it."""

import pytest
from django.urls import reverse

from billing_portal.audit.models import AuditEvent
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from tests.factories.outbox import AttemptFactory, OutboxMessageFactory
from tests.house import House
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db):
    return House.built()


@pytest.fixture
def engineer(house):
    return Reader.of(house.person("integration_engineer", username="engineer"))


@pytest.fixture
def treasurer(house):
    return Reader.of(house.person("treasury", username="treasurer"))


def refused(**more):
    return OutboxMessageFactory(
        state=OutboxState.REJECTED,
        due_at=None,
        code="period_closed",
        words="The period 2026-02 is closed.",
        **more,
    )


def unknown():
    return OutboxMessageFactory(state=OutboxState.UNKNOWN, due_at=None, code="unknown")


def decide(reader, message, verb, **fields):
    return reader.post(reverse("ops:decide_sending", args=[message.public_id, verb]), fields)


@pytest.mark.parametrize("rows", [1, 25])
def test_the_outbox_costs_the_same_queries_at_any_number(engineer, rows, django_assert_num_queries):
    OutboxMessageFactory.create_batch(rows)
    engineer.get("/ops/outbox/")

    # session, user, permissions, the messages, destinations, what waits; the rail's grants, voices,
    # queues, unread and quarantine
    with django_assert_num_queries(11):
        engineer.get("/ops/outbox/")


def test_the_outbox_is_paged_newest_first_and_narrowed(engineer):
    made = OutboxMessageFactory.create_batch(54)
    stuck = refused()

    first = engineer.get("/ops/outbox/")
    second = engineer.get("/ops/outbox/" + first.context["next_url"])
    narrowed = engineer.get("/ops/outbox/?state=rejected&destination=test-ledger")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 5)
    assert str(stuck.public_id) in first.content.decode()
    assert str(made[0].public_id) in second.content.decode()
    assert len(narrowed.context["rows"]) == 1


def test_a_message_shows_each_call_and_never_what_exactly_is_asked(treasurer):
    message = refused()
    AttemptFactory(message=message, answer="refused", words="The period 2026-02 is closed.")

    page = treasurer.get(reverse("ops:sending", args=[message.public_id]))

    shown = text_of(page)
    for words in ("Refused", "The period 2026-02 is closed.", message.key, "$125.50"):
        assert words in shown
    assert "Allowance" not in page.content.decode()
    assert "Try again" not in shown, "treasury only looks"


def test_what_waits_is_grouped_by_cause(engineer):
    refused()
    refused()
    unknown()

    page = text_of(engineer.get("/ops/outbox/waiting/"))

    assert "Period closed" in page
    assert len(engineer.get("/ops/outbox/waiting/period_closed/").context["rows"]) == 2
    assert engineer.get("/ops/outbox/waiting/nothing/").status_code == 404


def test_a_cause_is_replayed_with_its_reason_on_record(engineer):
    messages = [refused(), refused()]

    engineer.post("/ops/outbox/waiting/period_closed/replay/", {"reason": "It was opened."})

    assert {m.state for m in OutboxMessage.objects.all()} == {OutboxState.PENDING}
    events = AuditEvent.objects.filter(verb="outbox.replayed")
    assert {event.reason for event in events} == {"It was opened."}
    assert events.count() == len(messages)


@pytest.mark.parametrize(
    ("verb", "state"),
    [("replay", OutboxState.PENDING), ("withdraw", OutboxState.WITHDRAWN)],
)
def test_a_person_decides_once(engineer, verb, state):
    message = refused()

    for _twice in range(2):
        decide(engineer, message, verb, reason="The period was opened.")

    message.refresh_from_db()
    assert message.state == state
    assert AuditEvent.objects.filter(subject=f"outbox:{message.public_id}").count() == 1


def test_an_unknown_outcome_is_confirmed_with_its_reference(engineer):
    message = unknown()

    decide(engineer, message, "confirm", reason="Found by its key.")
    message.refresh_from_db()
    assert message.state == OutboxState.UNKNOWN, "no reference was given"

    decide(engineer, message, "confirm", reason="Found by its key.", reference="DOC-77")
    message.refresh_from_db()
    assert (message.state, message.partner_reference) == (OutboxState.CONFIRMED, "DOC-77")


def test_without_a_reason_nothing_is_done(engineer):
    message = refused()

    decide(engineer, message, "replay", reason="")
    engineer.post("/ops/outbox/waiting/period_closed/replay/", {"reason": ""})

    message.refresh_from_db()
    assert message.state == OutboxState.REJECTED


def test_who_only_looks_decides_nothing(treasurer):
    message = refused()

    assert decide(treasurer, message, "replay", reason="Please.").status_code == 403
    assert decide(treasurer, message, "nonsense", reason="Please.").status_code == 403


def test_a_verb_that_is_none_does_not_exist(engineer):
    assert decide(engineer, refused(), "nonsense", reason="Please.").status_code == 404


def test_somebody_of_another_role_sees_nothing(house):
    reader = Reader.of(house.person("denial_specialist"))

    assert reader.get("/ops/outbox/").status_code == 403
    assert reader.get("/ops/outbox/waiting/").status_code == 403
