from datetime import UTC, datetime, timedelta

import pytest

from integrations.health import services
from integrations.health.models import Heartbeat
from tests.factories.integrations import SourceFactory

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_failures_are_counted_until_a_pull_succeeds():
    source = SourceFactory()
    services.failed(source=source, at=AT, error="no folder")
    services.failed(source=source, at=AT + timedelta(minutes=1), error="still no folder")

    beat = Heartbeat.objects.get(source=source)
    assert (beat.failures_in_a_row, beat.last_error) == (2, "still no folder")
    assert beat.last_failure_at == AT + timedelta(minutes=1)
    assert beat.last_success_at is None

    services.succeeded(source=source, at=AT + timedelta(minutes=2))
    beat.refresh_from_db()
    assert (beat.failures_in_a_row, beat.last_error) == (0, "")
    assert beat.last_success_at == AT + timedelta(minutes=2)
    assert beat.last_failure_at == AT + timedelta(minutes=1), "when it last failed stays known"
