import os
import signal
import stat

import psutil
import psycopg
import pytest
from django.conf import settings

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.postgres import APP, OWNER, Cluster


@pytest.fixture(scope="module")
def cluster():
    folder = settings.PORTAL_HOME / "checkout" / ("x" * 150)
    with Cluster(PortalHome(folder), quick=True) as running:
        yield running


def ask(url, question):
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def test_the_application_defines_nothing(cluster):
    for order in (
        "CREATE TABLE t (i int)",
        "CREATE SCHEMA s",
        "CREATE FUNCTION f() RETURNS int RETURN 1",
    ):
        with (
            psycopg.connect(cluster.app_url()) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(order)


def test_the_application_may_stage_in_temporary_tables(cluster):
    with psycopg.connect(cluster.app_url()) as connection:
        connection.execute("CREATE TEMPORARY TABLE staged (i int) ON COMMIT DROP")


def test_the_owner_makes_tables_and_is_no_superuser(cluster):
    assert ask(cluster.owner_url(), "SELECT has_schema_privilege('public', 'CREATE')")
    for role in (OWNER, APP):
        assert not ask(
            cluster.admin_url(), f"SELECT rolsuper FROM pg_roles WHERE rolname = '{role}'"
        )


def test_nobody_enters_without_a_password(cluster):
    wrong = cluster.url(APP, "owner", "portal")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_there_is_no_way_in_by_network_and_none_for_other_users(cluster):
    assert ask(cluster.admin_url(), "SHOW listen_addresses") == ""
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700


def test_values_of_a_failing_statement_stay_out_of_the_log(cluster):
    with psycopg.connect(cluster.app_url()) as connection, pytest.raises(psycopg.DataError):
        connection.execute("SELECT %s::date", ["canary-4711"])

    assert "canary-4711" not in (cluster.home.logs / "postgres.log").read_text()


def test_a_clone_holds_what_its_template_holds(cluster):
    cluster.create_database("mould")
    with psycopg.connect(cluster.owner_url("mould")) as connection:
        connection.execute("CREATE TABLE held AS SELECT 7 AS n")
        connection.execute(f"GRANT SELECT ON held TO {APP}")
    cluster.create_database("cast", template="mould")

    assert ask(cluster.app_url("cast"), "SELECT n FROM held") == 7
    cluster.drop_database("cast")


def test_data_outlive_a_killed_server_and_its_lock_is_no_obstacle(open_folder):
    first = Cluster(PortalHome(open_folder / "home")).start()
    with psycopg.connect(first.owner_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(first.child.pid, signal.SIGKILL)
    first.child.wait()
    assert (first.data / "postmaster.pid").exists()

    with Cluster(first.home) as second:
        assert ask(second.owner_url(), "SELECT n FROM kept") == 1


def test_a_server_that_outlived_its_supervisor_is_ended_first(open_folder):
    first = Cluster(PortalHome(open_folder / "home"), quick=True).start()

    with Cluster(first.home, quick=True) as second:
        assert first.child.wait(5) == 0
        assert ask(second.app_url(), "SELECT 1") == 1


def test_a_lock_that_names_a_stranger_is_forgotten_and_the_stranger_lives(open_folder):
    with Cluster(PortalHome(open_folder / "home"), quick=True) as first:
        data = first.data
    lines = [str(os.getpid()), str(data), "1", "5432", "", "", "", ""]
    (data / "postmaster.pid").write_text("\n".join(lines))

    with Cluster(first.home, quick=True) as second:
        assert ask(second.app_url(), "SELECT 1") == 1
    assert psutil.pid_exists(os.getpid())


def test_lost_passwords_are_named_with_what_to_do(open_folder):
    with Cluster(PortalHome(open_folder / "home"), quick=True) as first:
        (first.home.run / "secrets.json").rename(first.home.run / "elsewhere.json")
        first.home.secrets()
    second = Cluster(first.home, quick=True)

    with pytest.raises(StartRefused, match="does not hold the passwords"):
        second.start()
    second.stop()
