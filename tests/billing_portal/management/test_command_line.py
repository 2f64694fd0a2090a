"""What `manage.py` says when something outside of it is wrong: a sentence, never a traceback."""

import errno
import runpy

import django.core.management
import psycopg
import pytest
from django.db import OperationalError

from billing_portal.embedded.home import CHECKOUT


@pytest.fixture
def run_into(monkeypatch):
    """Run manage.py with a command that fails in this way."""

    def run(failure):
        def fail(_arguments):
            raise failure

        monkeypatch.setattr(django.core.management, "execute_from_command_line", fail)
        runpy.run_path(str(CHECKOUT / "manage.py"), run_name="__main__")

    return run


def database_says(cause):
    said = OperationalError(str(cause))
    said.__cause__ = cause
    return said


def test_no_database_says_how_to_start_one(run_into):
    with pytest.raises(SystemExit, match=r"No database answers\. Start the portal"):
        run_into(database_says(psycopg.OperationalError("connection refused")))


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        database_says(psycopg.errors.DiskFull("could not extend file")),
    ],
)
def test_a_full_disk_says_what_to_do(run_into, failure):
    with pytest.raises(SystemExit, match=r"The disk is full\. Free some space"):
        run_into(failure)


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.EACCES, "Permission denied"),
        database_says(psycopg.errors.QueryCanceled("canceling statement")),
    ],
)
def test_anything_else_is_a_bug_and_rises(run_into, failure):
    with pytest.raises(type(failure)):
        run_into(failure)
