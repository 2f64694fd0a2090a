"""The catalogue keeps what the models promise, and a broken promise shows."""

import pytest
from django.conf import settings
from django.db import connection

from billing_portal.kernel.catalogue import gaps
from billing_portal.kernel.checks import every_promise_has_its_migration, not_both
from billing_portal.kernel.models.guards import app_role


def test_every_promise_about_the_record_is_kept(db):
    assert gaps() == []


def test_every_promise_has_its_migration():
    assert every_promise_has_its_migration() == []
    assert not_both() == []


def test_a_tracked_model_without_a_guard_is_named(monkeypatch):
    monkeypatch.setattr("billing_portal.kernel.checks.guard_operations", set)

    found = every_promise_has_its_migration()

    assert "No migration guards accounts.User." in [warning.msg for warning in found]
    assert {warning.id for warning in found} == {"kernel.W001"}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "DROP TRIGGER history_demanded ON accounts_user",
            "accounts_user has no trigger history_demanded.",
        ),
        (
            "ALTER TABLE accounts_user DISABLE TRIGGER history_demanded",
            "The trigger history_demanded of accounts_user is switched off.",
        ),
        (
            "DROP TRIGGER append_only ON audit_event",
            "audit_event has no trigger append_only.",
        ),
        (
            "DROP TRIGGER history_stamped ON accounts_historicaluser",
            "accounts_historicaluser has no trigger history_stamped.",
        ),
        (
            "GRANT DELETE ON audit_event TO portal_app",
            "The role portal_app may DELETE on audit_event.",
        ),
        (
            "GRANT TRUNCATE ON cases_lease TO portal_app",
            "The role portal_app may TRUNCATE on cases_lease.",
        ),
        (
            "GRANT CREATE ON SCHEMA public TO portal_app",
            "The role portal_app may do more than read and write rows.",
        ),
    ],
)
def test_a_broken_promise_is_named(statement, words, owner):
    assert app_role() == "portal_app"
    with connection.cursor() as cursor:
        cursor.execute(statement)

    assert gaps() == [words]


def test_a_guard_that_leaves_out_another_column_is_named(owner):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER history_demanded ON accounts_user")
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER history_demanded AFTER UPDATE ON accounts_user DEFERRABLE"
            " INITIALLY DEFERRED FOR EACH ROW"
            " EXECUTE FUNCTION accounts_user_history_demanded('password', 'last_login', 'is_staff')"
        )

    assert gaps() == [
        "history_demanded of accounts_user leaves out other columns than its history."
    ]


def test_a_single_role_is_told(db, monkeypatch):
    monkeypatch.setattr(settings, "DATABASE_URL", settings.DATABASE_OWNER_URL)

    assert gaps() == [
        "The application connects as the owner of the tables: guards are triggers alone."
    ]
