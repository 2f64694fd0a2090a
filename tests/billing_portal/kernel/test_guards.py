"""Every way of changing a row, as the application and as the owner of the tables."""

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.migrations.state import ProjectState
from simple_history.utils import bulk_create_with_history

from billing_portal.access.actor import acting, system_actor
from billing_portal.accounts.models import ApiToken, Membership, User
from billing_portal.accounts.services import make_token
from billing_portal.audit.models import AuditEvent
from billing_portal.audit.services import record
from billing_portal.kernel.models.guards import AppendOnly, Track, TrackedTable
from billing_portal.kernel.models.history import delete_because, insert_history, save_because
from tests.factories.people import MembershipFactory, PersonFactory

WITHOUT = "without its history"


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


@transaction.atomic
def attempt(change, person, settle):
    """Do it and let the database ask, as at the end of a transaction."""
    change(person)
    settle()


def by_update(person):
    User.objects.filter(pk=person.pk).update(full_name="Changed")


def by_bulk_update(person):
    person.full_name = "Changed"
    User.objects.bulk_update([person], ["full_name"])


def by_bulk_create(person):
    User.objects.bulk_create([User(username="made", password="!")])


def by_update_conflicts(person):
    User.objects.bulk_create(
        [User(pk=person.pk, username=person.username, full_name="Changed", password="!")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["full_name"],
    )


def by_save_without_history(person):
    person.full_name = "Changed"
    person.save_without_historical_record()


def by_raw_delete(person):
    User.objects.filter(pk=person.pk)._raw_delete("default")


def by_sql_insert(person):
    sql(
        "INSERT INTO accounts_user (username, password, is_superuser, email, full_name, kind,"
        " time_zone, keyboard_mode, theme, is_staff, is_active, version)"
        " VALUES ('made', '!', false, '', '', 'person', 'UTC', 'on', 'auto', false, true, 1)"
    )


def by_sql_update(person):
    sql("UPDATE accounts_user SET is_staff = true WHERE id = %s", person.pk)


def by_sql_delete(person):
    sql("DELETE FROM accounts_user WHERE id = %s", person.pk)


def by_adding_to_a_manager(person):
    person.groups.set([MembershipFactory().group])


def by_a_save_that_writes_less_than_it_says(person):
    person.full_name, person.email = "Changed", "changed@example.org"
    save_because(person, by=system_actor("tests"), reason="Half", fields=["email"])


def by_deleting_what_was_read_before_a_change(person):
    stale = User.objects.get(pk=person.pk)
    person.full_name = "Changed"
    save_because(person, by=system_actor("tests"), reason="Changed")
    delete_because(stale, by=system_actor("tests"), reason="Stale")


def by_going_back_and_forth(person):
    """A to B and back to A are told, the last way to B is not."""
    before = person.full_name
    for name in ("Changed", before):
        person.full_name = name
        save_because(person, by=system_actor("tests"), reason="Told")
    by_update(person)


SILENT = [
    by_update,
    by_bulk_update,
    by_bulk_create,
    by_update_conflicts,
    by_save_without_history,
    by_raw_delete,
    by_sql_insert,
    by_sql_update,
    by_sql_delete,
    by_adding_to_a_manager,
    by_a_save_that_writes_less_than_it_says,
    by_deleting_what_was_read_before_a_change,
    by_going_back_and_forth,
]


@pytest.mark.parametrize("change", SILENT)
def test_a_change_without_equal_history_is_refused(change, role, settle):
    person = PersonFactory()
    settle()

    with pytest.raises(IntegrityError):
        attempt(change, person, settle)


def test_a_table_of_tracked_rows_is_never_emptied(role):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("TRUNCATE accounts_membership")


@pytest.mark.parametrize("change", ["INSERT", "UPDATE", "DELETE"])
def test_history_of_an_earlier_transaction_does_not_count(change, owner, settle):
    """A row that was like this before was not made like this now."""
    person = PersonFactory()
    settle()
    sql("ALTER TABLE accounts_historicaluser DISABLE TRIGGER append_only")
    sql("UPDATE accounts_historicaluser SET history_txid = '1' WHERE id = %s", person.pk)

    statements = {
        "INSERT": "INSERT INTO accounts_membership (user_id, group_id)"
        " SELECT max(u.id), max(g.id) FROM accounts_user u, auth_group g",
        "UPDATE": "UPDATE accounts_user SET full_name = full_name || '!'",
        "DELETE": "DELETE FROM accounts_user WHERE id = (SELECT max(id) FROM accounts_user)",
    }
    sql(statements[change])

    with pytest.raises(IntegrityError, match=WITHOUT), transaction.atomic():
        settle()


def told_save(person):
    person.full_name = "Changed"
    save_because(person, by=system_actor("tests"), reason="For a test")


def told_library_save(person):
    with acting(by=system_actor("tests"), reason="For a test"):
        person.email = "changed@example.org"
        person.save(update_fields=["email"])


def told_delete(person):
    delete_because(person, by=system_actor("tests"), reason="For a test")


def told_queryset_delete(person):
    with acting(by=system_actor("tests"), reason="For a test"):
        User.objects.filter(pk=person.pk).delete()


def told_in_bulk(person):
    bulk_create_with_history(
        [User(username=f"made{n}", password="!") for n in range(3)],
        User,
        default_user=system_actor("tests"),
        default_change_reason="For a test",
    )


def told_set_wise(person):
    update = (
        "WITH written AS (UPDATE accounts_user SET theme = 'dark' WHERE id = %(id)s RETURNING *) "
    )
    with connection.cursor() as cursor:
        statement = update + insert_history(User, rows="written", kind="~").as_string(cursor.cursor)
        cursor.execute(
            statement, {"id": person.pk, "reason": "For a test", "by": system_actor("tests").pk}
        )


def told_made_changed_and_deleted(person):
    membership = MembershipFactory(user=person)
    told_save(person)
    delete_because(membership, by=system_actor("tests"), reason="For a test")


@pytest.mark.parametrize(
    "change",
    [
        told_save,
        told_library_save,
        told_delete,
        told_queryset_delete,
        told_in_bulk,
        told_set_wise,
        told_made_changed_and_deleted,
    ],
)
def test_a_change_with_its_history_is_accepted(change, role, settle):
    person = PersonFactory()
    settle()

    change(person)

    settle()


def test_what_goes_with_a_deleted_row_leaves_its_own_history(role, settle, by):
    held = MembershipFactory()
    make_token(
        user=held.user, label="t", expires_at="2099-01-01T00:00Z", by=by, reason="For a test"
    )
    settle()

    delete_because(held.user, by=by, reason="Made by mistake")

    settle()
    for model in (User, Membership, ApiToken):
        gone = model.history.filter(history_type="-")
        assert [row.history_change_reason for row in gone] == ["Made by mistake"]


def test_columns_outside_history_change_without_it(role, settle):
    person = PersonFactory()
    settle()

    User.objects.filter(pk=person.pk).update(last_login="2026-03-01T00:00Z", password="!other")

    settle()
    assert person.history.count() == 1


def test_a_new_column_needs_no_new_function(owner, settle, by):
    """Rows are compared whole: what a later release adds is guarded from its first change on."""
    person = PersonFactory()
    settle()
    for table in ("accounts_user", "accounts_historicaluser"):
        sql(f"ALTER TABLE {table} ADD COLUMN colour text NOT NULL DEFAULT 'grey'")

    sql("UPDATE accounts_user SET colour = 'red' WHERE id = %s", person.pk)
    with pytest.raises(IntegrityError, match=WITHOUT), transaction.atomic():
        settle()

    columns = ", ".join(field.column for field in User.history.model._meta.concrete_fields[:-6])
    sql(
        f"INSERT INTO accounts_historicaluser ({columns}, colour, history_change_reason,"
        f" history_type, history_user_id) SELECT {columns}, colour, 'Painted', '~', %s"
        " FROM accounts_user WHERE id = %s",
        by.pk,
        person.pk,
    )
    settle()


def test_a_table_in_the_way_deceives_no_guard(role, settle):
    """A temporary table of the history's name is found first by a careless search path."""
    person = PersonFactory()
    settle()
    sql("CREATE TEMP TABLE accounts_historicaluser AS TABLE accounts_historicaluser")
    sql(
        "INSERT INTO pg_temp.accounts_historicaluser SELECT * FROM pg_temp.accounts_historicaluser"
        " WHERE false"
    )

    with pytest.raises(IntegrityError, match=WITHOUT):
        attempt(by_sql_update, person, settle)


def test_when_and_in_which_transaction_is_the_databases_to_say(role, settle, by):
    person = PersonFactory()
    settle()
    sql(
        "INSERT INTO accounts_historicaluser SELECT (h).* FROM (SELECT"
        ' jsonb_populate_record(h, \'{"history_id": 1000000, "history_txid": "1",'
        ' "history_date": "2001-01-01T00:00Z"}\') AS h FROM accounts_historicaluser h'
        " WHERE id = %s) AS forged",
        person.pk,
    )

    forged = User.history.get(history_id=1000000)
    true = User.history.exclude(history_id=1000000).get(id=person.pk)
    assert forged.history_txid == true.history_txid
    assert forged.history_date > true.history_date


APPEND_ONLY = ["accounts_historicaluser", "audit_event"]
CHANGES = ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0}"]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_fact_is_never_changed(table, change, role, settle, by):
    record(chain="user:1", verb="tested", subject="user:1", by=by, reason="For a test")
    PersonFactory()
    settle()

    wanted = ProgrammingError if role == "application" else IntegrityError
    with pytest.raises(wanted, match=r"permission denied|is refused"), transaction.atomic():
        sql(change.format(table))

    assert AuditEvent.objects.exists()
    assert User.history.exists()


def test_a_person_never_holds_a_permission_past_the_roles(role, settle):
    person = PersonFactory()
    settle()

    with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
        sql(
            "INSERT INTO accounts_user_user_permissions (user_id, permission_id)"
            " SELECT %s, min(id) FROM auth_permission",
            person.pk,
        )


def test_guards_can_be_taken_off_and_put_on_again(owner, settle):
    """Migrations go both ways."""
    PersonFactory()
    settle()
    state = ProjectState.from_apps(apps)
    for operation in (Track("accounts", "User"), AppendOnly("audit", "AuditEvent")):
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("x", editor, state, state)
        if isinstance(operation, Track):
            User.objects.update(theme="dark")
            settle()
            User.objects.update(theme="auto")
            settle()
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("x", editor, state, state)

    User.objects.update(theme="light")
    with pytest.raises(IntegrityError, match=WITHOUT), transaction.atomic():
        settle()


def test_a_table_with_too_long_a_name_is_not_tracked():
    tracked = TrackedTable(table="t" * 50, history="h", key="id", key_type="bigint", left_out=[])

    with pytest.raises(ValueError, match="too long a name"):
        tracked.statements()
