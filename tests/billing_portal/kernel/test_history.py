"""Who, why, when: never empty, whoever saves."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing_portal.access.actor import ActorMissing, acting, current, system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import (
    delete_because,
    history_table,
    insert_history,
    save_because,
    shared_columns,
)
from tests.factories.people import PersonFactory


def test_a_save_says_who_and_why(db, by):
    person = User(username="anna")

    save_because(person, by=by, reason="Joined the team")

    row = person.history.get()
    assert (row.history_user, row.history_change_reason, row.history_type) == (
        by,
        "Joined the team",
        "+",
    )


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_save_without_a_reason_writes_nothing(reason, db, by):
    with pytest.raises(ActorMissing, match="No reason"):
        save_because(User(username="anna"), by=by, reason=reason)

    assert not User.objects.filter(username="anna").exists()


@pytest.mark.parametrize("nobody", [None, User(username="unsaved")])
def test_a_save_by_nobody_writes_nothing(nobody, db):
    with pytest.raises(ActorMissing, match="Nobody is named"):
        save_because(User(username="anna"), by=nobody, reason="Joined the team")

    assert not User.objects.filter(username="anna").exists()


def test_a_librarys_save_takes_both_from_the_actor_of_the_moment(db, by):
    with acting(by=by, reason="Signed in"):
        person = User.objects.create(username="anna")

    assert person.history.get().history_change_reason == "Signed in"


def test_outside_of_any_actor_a_librarys_save_is_refused(db):
    with pytest.raises(ActorMissing), transaction.atomic():
        User.objects.create(username="anna")


def test_one_reason_is_never_used_for_the_next_save(db, by):
    person = PersonFactory()
    save_because(person, by=by, reason="First")

    with pytest.raises(ActorMissing):
        person.save()


def test_actors_nest_and_end(db, by):
    other = system_actor("other")

    with acting(by=by, reason="Outer"):
        with acting(by=other, reason="Inner"):
            assert current().by == other
        assert current().reason == "Outer"
    assert current() is None


def test_a_deletion_says_who_and_why(db, by):
    person = PersonFactory()
    key = person.pk

    delete_because(person, by=by, reason="Made by mistake")

    row = User.history.filter(id=key).latest()
    assert (row.history_type, row.history_change_reason) == ("-", "Made by mistake")


def test_the_date_is_the_databases(db, by):
    before = timezone.now()
    person = PersonFactory()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), pg_current_xact_id()::text")
        now, txid = cursor.fetchone()

    row = person.history.get()
    assert abs(row.history_date - before).total_seconds() < 60
    assert row.history_date <= now
    assert row.history_txid == int(txid)


def test_saving_only_what_history_leaves_out_leaves_no_row(db):
    person = PersonFactory()

    person.last_login = timezone.now()
    person.save(update_fields=["last_login"])

    assert person.history.count() == 1


def test_a_password_is_in_no_history(db):
    columns = shared_columns(User)

    assert "password" not in columns
    assert "last_login" not in columns
    assert "username" in columns


@pytest.mark.parametrize(
    "forged",
    ['{"history_change_reason": ""}', '{"history_user_id": null}', '{"history_type": "?"}'],
)
def test_the_database_too_wants_actor_reason_and_kind(forged, db):
    PersonFactory()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_historicaluser SELECT (h).* FROM (SELECT jsonb_populate_record(h,"
            " %s::jsonb || '{\"history_id\": 1000000}') AS h FROM accounts_historicaluser h"
            " LIMIT 1)",
            [forged],
        )


def test_history_keeps_only_the_index_that_is_read(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s", [history_table(User)]
        )
        found = [definition.partition(" USING ")[2] for (definition,) in cursor.fetchall()]

    assert sorted(found) == ["btree (history_id)", "btree (id, history_id)"]


def test_a_set_can_say_of_each_row_what_became_of_it(db, by, settle):
    known = PersonFactory(full_name="Known")
    statement = (
        "WITH written AS (INSERT INTO accounts_user (username, password, is_superuser, email,"
        " full_name, kind, time_zone, keyboard_mode, theme, is_staff, is_active, version)"
        " SELECT u, '!', false, '', 'New', 'person', 'UTC', 'on', 'auto', false, true, 1"
        " FROM unnest(%(names)s::text[]) AS u ON CONFLICT (username)"
        " DO UPDATE SET full_name = EXCLUDED.full_name"
        " RETURNING *, CASE WHEN xmax = 0 THEN '+' ELSE '~' END AS history_type) "
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement + insert_history(User, rows="written").as_string(cursor.cursor),
            {"names": [known.username, "unknown"], "reason": "Upserted", "by": by.pk},
        )

    settle()
    kinds = User.history.filter(history_change_reason="Upserted").values_list(
        "username", "history_type"
    )
    assert set(kinds) == {(known.username, "~"), ("unknown", "+")}
