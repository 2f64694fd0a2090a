"""The operators' pages: what came, what waits, and who may do what about it."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from billing_portal.audit.models import AuditEvent
from integrations.canonical.models import RemittedClaim
from integrations.connectors import x12_835
from integrations.connectors.x12_835.reader import read
from integrations.ports.protocols import ClaimQuarantined, ClaimRead, TransactionClosed
from tests.factories.inbox import MessageChunkFactory, MessageFactory, QuarantinedFactory
from tests.generators.remit import Remit, paid
from tests.house import House
from tests.integrations.conftest import Door
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db):
    return House.built()


@pytest.fixture
def engineer(house):
    return Reader.of(house.person("integration_engineer", username="engineer"))


@pytest.mark.parametrize("rows", [1, 25])
def test_messages_cost_the_same_queries_at_any_number(engineer, rows, django_assert_num_queries):
    MessageFactory.create_batch(rows)
    engineer.get("/ops/messages/")

    # session, user, permissions, the messages, sources; the rail's grants, queues, unread and
    # quarantine
    with django_assert_num_queries(10):
        engineer.get("/ops/messages/")


def test_messages_are_paged_newest_first(engineer):
    made = MessageFactory.create_batch(55)

    first = engineer.get("/ops/messages/")
    second = engineer.get("/ops/messages/" + first.context["next_url"])

    assert len(first.context["rows"]) == 50
    assert len(second.context["rows"]) == 5
    assert str(made[-1].public_id) in first.content.decode()
    assert str(made[0].public_id) in second.content.decode()


def test_a_message_shows_what_was_set_aside_where_and_why(engineer):
    piece = QuarantinedFactory(position=42, claim="PCN77", reason="The lines do not add up.")

    page = text_of(engineer.get(reverse("ops:message", args=[piece.message.public_id])))

    for shown in ("42", "PCN77", "The lines do not add up."):
        assert shown in page


def test_quarantine_is_grouped_by_reason_with_its_counts(engineer):
    first = QuarantinedFactory(reason_code="claim_unbalanced", position=1)
    QuarantinedFactory(reason_code="claim_unbalanced", position=2, message=first.message)
    QuarantinedFactory(reason_code="truncated")

    page = text_of(engineer.get("/ops/quarantine/"))

    assert "Claim unbalanced" in page
    assert "Truncated" in page
    assert len(engineer.get("/ops/quarantine/claim_unbalanced/").context["pieces"]) == 2


def test_a_reason_that_nothing_waits_for_is_no_page(engineer):
    assert engineer.get("/ops/quarantine/nothing/").status_code == 404


def test_the_bytes_need_a_role_that_an_engineer_does_not_have(engineer):
    message = MessageFactory()

    answer = engineer.get(reverse("ops:download", args=[message.public_id]))

    assert answer.status_code == 403


def test_taking_the_bytes_is_on_record_and_never_shown_inline(house):
    chunk = MessageChunkFactory(data=b"ISA*00*")
    reader = Reader.of(house.person(*holders("download_message"), username="holder"))

    answer = reader.get(reverse("ops:download", args=[chunk.message.public_id]))

    assert b"".join(answer.streaming_content) == b"ISA*00*"
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(verb="message.downloaded").count() == 1


def holders(codename: str) -> list[str]:
    """A role that holds a permission; the tests' own if no role of the house does."""
    held = Group.objects.filter(permissions__codename=codename).order_by("pk").first()
    if held is None:
        held = Group.objects.create(name="holder")
        held.permissions.add(Permission.objects.get(codename=codename))
    return [held.name]


def test_replaying_is_for_those_who_may_and_changes_nothing_by_being_looked_at(house, engineer):
    piece = QuarantinedFactory(reason_code="truncated")
    address = reverse("ops:replay_cause", args=["truncated"])
    supervisor = Reader.of(house.person("queue_supervisor"))

    assert engineer.get(address).status_code == 405
    assert supervisor.post(address).status_code == 403
    piece.refresh_from_db()
    assert piece.resolved_at is None


def test_what_can_be_read_by_now_is_settled_by_replaying_its_cause(house, engineer, monkeypatch):
    def older_reader(_connector, chunks):
        for event in read(chunks):
            if isinstance(event, ClaimRead):
                yield ClaimQuarantined(event.claim.position, 0, "A1", "not_known", "Not known yet.")
            elif isinstance(event, TransactionClosed):
                yield replace(event, claims_read=0, claims_quarantined=1)
            else:
                yield event

    monkeypatch.setattr(type(x12_835.CONNECTOR), "read", older_reader)
    message = Door(house.source).takes(Remit("T1", [paid("A1")]))
    monkeypatch.undo()
    assert message.quarantined.filter(resolved_at=None).count() == 1

    answer = engineer.post(reverse("ops:replay_cause", args=["not_known"]), follow=True)

    assert "Messages read again: 1. Pieces settled: 1. Decisions in: 1." in text_of(answer)
    assert not message.quarantined.filter(resolved_at=None).exists()
    assert RemittedClaim.objects.count() == 1
