"""The steps and the squash lead to one database."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import AddField, CreateModel, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import BigAutoField, TextField

from billing_portal.health import schema_is_current
from billing_portal.kernel.models.at_once import SETTLED, AtOnce, added, beside
from billing_portal.management.commands.migrate import as_owner
from tests.cluster import DATABASE, TEMPLATE, TestCluster, point

BY_STEPS = "portal_by_steps"
FIRST_STEPS = [("integrations", "0001_initial"), ("cases", "0001_initial")]
STEPS = [
    CreateModel("Thing", [("id", BigAutoField(primary_key=True))]),
    AddField("thing", "name", TextField(default="")),
]
SURROGATES = ("uuid", "timestamp with time zone", "xid8")


def test_the_last_shape_is_made_of_every_step():
    before, after = ProjectState(), ProjectState()

    AtOnce(STEPS).state_forwards("shop", after)

    [thing] = added(before, after)
    assert [field.name for field in thing._meta.fields] == ["id", "name"]
    assert AtOnce(STEPS).describe() == "Make tables at once, by 2 steps"


def test_models_that_were_rendered_are_rendered_anew():
    state = ProjectState()
    assert list(state.apps.get_models()) == []

    AtOnce(STEPS).state_forwards("shop", state)

    assert state.apps.get_model("shop.Thing")


def test_what_is_no_table_follows_and_is_checked_as_by_its_own_migration():
    rows = RunSQL("SELECT 1")

    [first, then] = beside([*STEPS, rows])

    assert (first, then.sql) == (rows, SETTLED)
    assert list(beside(STEPS)) == []


@contextmanager
def begun_by_steps(cluster: TestCluster) -> Iterator[str]:
    """A database whose first steps were taken one by one; the squash is of no use to it."""
    server = cluster.cluster
    server.create_database(BY_STEPS)
    point(server, BY_STEPS)
    try:
        with as_owner("default"):
            executor = MigrationExecutor(connection)
            executor.loader = MigrationLoader(connection, replace_migrations=False)
            executor.migrate(FIRST_STEPS)
        yield BY_STEPS
    finally:
        point(server, DATABASE)
        server.drop_database(BY_STEPS)


def schema(cluster: TestCluster, database: str) -> list[str]:
    """All that PostgreSQL would need to make this database's tables, but for a dump's own key."""
    server = cluster.cluster
    command = [str(server.bin / "pg_dump"), "--schema-only", server.admin_url(database)]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line for line in dump.splitlines() if "restrict " not in line]


def rows(cluster: TestCluster, database: str) -> dict[str, set[str]]:
    """What the migrations wrote, by table, without moments and random keys."""
    with psycopg.connect(cluster.cluster.admin_url(database)) as held:
        tables = held.execute(
            "SELECT table_name, coalesce(array_agg(column_name::text) FILTER"
            " (WHERE data_type = ANY(%s)), '{}') FROM information_schema.columns"
            " WHERE table_name ~ '^(cases|integrations)_' GROUP BY table_name",
            [list(SURROGATES)],
        ).fetchall()
        return {
            table: {
                text
                for (text,) in held.execute(
                    f'SELECT (to_jsonb(t) - %s::text[])::text FROM "{table}" AS t', [left_out]
                )
            }
            for table, left_out in tables
        }


@pytest.mark.slow
def test_by_steps_and_at_once_the_database_is_the_same(
    cluster: TestCluster, django_db_setup, django_db_blocker
):
    with django_db_blocker.unblock(), begun_by_steps(cluster) as database:
        call_command("migrate", verbosity=0)

        assert schema_is_current()
        assert schema(cluster, database) == schema(cluster, TEMPLATE)
        found = rows(cluster, database)
    assert found == rows(cluster, TEMPLATE)
    assert found["cases_queue"]
    assert found["cases_policyversion"]
