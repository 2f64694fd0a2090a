"""Effects are recorded under a key that whoever asks again computes again."""

import uuid
from datetime import UTC, datetime

import pytest

from cases.effects import services
from cases.effects.models import Journal
from tests.factories.effects import JournalFactory
from tests.factories.people import PersonFactory

CASE = uuid.UUID(int=1)
AT = datetime(2026, 4, 3, 3, 0, tzinfo=UTC)


def test_the_key_of_an_effect_follows_from_case_event_and_version():
    key = services.event_key(CASE, "refund_paid", 3)

    assert key == services.event_key(CASE, "refund_paid", 3)
    others = {
        services.event_key(uuid.UUID(int=2), "refund_paid", 3),
        services.event_key(CASE, "refund", 3),
        services.event_key(CASE, "refund_paid", 4),
    }
    assert len(others - {key}) == 3


@pytest.mark.django_db
def test_a_reversal_is_posted_on_its_own_day_at_its_site(settle):
    effect = JournalFactory().effect

    made = services.reverse(effect=effect, by=PersonFactory(), reason="Paid after all", at=AT)

    settle()
    journal = Journal.objects.get(effect=made)
    assert str(journal.posting_on) == "2026-04-02"  # still the day before at the site
    assert (made.reverses, made.digest, made.event) == (
        effect,
        effect.digest,
        "denial_written_off:reversed",
    )
    lines = journal.lines.order_by("position").values_list("account__code", "debit", "credit")
    assert list(lines) == [("4110", 0, 100), ("1100", 100, 0)]
