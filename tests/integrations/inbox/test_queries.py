"""What the operators' pages read: newest first, page by page, and what waits for a person."""

import pytest
from django.utils import timezone

from integrations.inbox import queries
from integrations.inbox.models import MessageStatus
from tests.factories.inbox import MessageFactory, QuarantinedFactory

pytestmark = pytest.mark.django_db


def test_messages_come_newest_first_and_one_more_than_a_page():
    made = MessageFactory.create_batch(4)

    assert queries.newest(size=2) == [made[3], made[2], made[1]]


def test_a_page_goes_on_where_the_last_one_ended():
    made = MessageFactory.create_batch(4)

    assert queries.newest(before=made[2].pk, size=2) == [made[1], made[0]]


def test_messages_are_narrowed_by_status_and_source():
    wanted = MessageFactory(source__name="clearinghouse-a", status=MessageStatus.REFUSED)
    MessageFactory(source__name="clearinghouse-a")
    MessageFactory(source__name="clearinghouse-b", status=MessageStatus.REFUSED)

    found = queries.newest(statuses=[MessageStatus.REFUSED], source="clearinghouse-a")

    assert found == [wanted]


def test_what_one_call_brought_is_found_in_its_order():
    first = MessageFactory(correlation_id="upload-1")
    second = MessageFactory(correlation_id="upload-1")
    MessageFactory(correlation_id="upload-2")

    assert list(queries.received_together("upload-1")) == [first, second]
    assert queries.message_of("upload-1") == first
    assert queries.message_of("upload-9") is None


def test_a_message_without_a_correlation_id_is_nobodys_first():
    MessageFactory(correlation_id="")

    assert queries.message_of("") is None


def test_causes_are_counted_most_first_and_settled_pieces_are_none():
    piece = QuarantinedFactory(reason_code="truncated", position=1)
    QuarantinedFactory(reason_code="truncated", position=2, message=piece.message)
    QuarantinedFactory(reason_code="claim_unbalanced")
    QuarantinedFactory(
        reason_code="amount", resolved_at=timezone.now(), resolution="Read again, and went in"
    )

    found = queries.causes()

    assert [(cause.code, cause.pieces, cause.messages) for cause in found] == [
        ("truncated", 2, 1),
        ("claim_unbalanced", 1, 1),
    ]
    assert found[1].words == "Claim unbalanced"
    assert len(queries.open_quarantine()) == 3


def test_what_waits_for_one_reason_names_each_message_once():
    piece = QuarantinedFactory(reason_code="truncated", position=1)
    other = QuarantinedFactory(reason_code="truncated", position=2, message=piece.message)
    QuarantinedFactory(reason_code="amount")

    assert queries.waiting_for("truncated") == [other, piece]
    assert queries.messages_waiting_for("truncated") == [piece.message]


@pytest.mark.parametrize("status", MessageStatus.values)
def test_a_message_is_settled_once_it_was_read(status):
    assert queries.is_settled(status) is (status != MessageStatus.RECEIVED)
