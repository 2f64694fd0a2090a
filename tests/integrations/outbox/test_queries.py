"""What waits for a person is counted once, by its reason, and nothing else is."""

import pytest
from django.utils import timezone

from integrations.outbox import queries
from integrations.outbox.lifecycle import OutboxState
from tests.factories.outbox import DestinationFactory, OutboxMessageFactory

pytestmark = pytest.mark.django_db


def rejected(code="period_closed", **more):
    return OutboxMessageFactory(state=OutboxState.REJECTED, due_at=None, code=code, **more)


def confirmed():
    return OutboxMessageFactory(state=OutboxState.CONFIRMED, due_at=None, settled_at=timezone.now())


def test_what_waits_for_a_person_is_grouped_by_reason_most_first():
    rejected("unbalanced")
    rejected(words="The period is closed.")
    rejected()
    OutboxMessageFactory(state=OutboxState.UNKNOWN, code="unknown")
    OutboxMessageFactory()
    confirmed()

    assert [(cause.words, cause.messages) for cause in queries.causes()] == [
        ("Period closed", 2),
        ("Unbalanced", 1),
    ]
    assert queries.causes()[0].example == "The period is closed."
    assert len(queries.waiting()) == 3


def test_an_unknown_outcome_waits_for_a_person_once_nobody_looks_for_it():
    OutboxMessageFactory(state=OutboxState.UNKNOWN, due_at=None, code="unknown")

    assert [cause.code for cause in queries.causes()] == ["unknown"]


def test_the_messages_of_a_reason_come_oldest_first():
    first, second = rejected(), rejected()
    rejected("unbalanced")

    assert queries.waiting_for("period_closed") == [first, second]


def test_messages_come_newest_first_and_are_narrowed():
    done, refused = confirmed(), rejected()
    elsewhere = OutboxMessageFactory(destination=DestinationFactory(name="elsewhere"))

    assert queries.newest() == [elsewhere, refused, done]
    assert queries.newest(states=[OutboxState.REJECTED]) == [refused]
    assert queries.newest(destination="elsewhere") == [elsewhere]
    assert queries.newest(before=refused.pk) == [done]
    assert len(queries.newest(size=1)) == 2
