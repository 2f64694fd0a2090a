from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing_portal.management.diagnosis import examine

pytestmark = pytest.mark.django_db


def findings(now=None):
    return {finding.name: finding for finding in examine(now or timezone.now())}


def test_a_sound_database_is_called_well():
    found = findings()

    for name in (
        "settings",
        "clock",
        "database",
        "roles",
        "limits",
        "transactions",
        "disk",
        "mail",
    ):
        assert found[name].ok, found[name]


def test_a_missing_broker_is_named():
    assert not findings()["broker"].ok
    assert "BROKER_URL" in findings()["broker"].detail


def test_a_short_key_is_named(settings):
    settings.SECRET_KEY = "short"

    assert "SECRET_KEY" in findings()["settings"].detail


def test_a_clock_that_is_off_is_named():
    found = findings(timezone.now() + timedelta(minutes=3))

    assert not found["clock"].ok
    assert "apart" in found["clock"].detail


def test_a_wait_without_end_is_named():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")

    assert "lock_timeout" in findings()["limits"].detail


@pytest.mark.parametrize(("setting", "is_well"), [("on", True), ("off", False)])
def test_commits_that_do_not_last_are_named(setting, is_well):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL synchronous_commit = {setting}")

    assert findings()["commits"].ok is is_well
