"""`manage.py up` as a person runs it: whole, killed in part, killed whole, and told to stop."""

import json
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from billing_portal.embedded.home import CHECKOUT
from tests.architecture.tree import files
from tests.billing_portal.management.portal import READY_SECONDS, STOP_SECONDS, Portal, until

pytestmark = [pytest.mark.slow, pytest.mark.faults]


@pytest.fixture(scope="module")
def home():
    made = Path(settings.PORTAL_HOME) / "up"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def portal(home):
    running = Portal(home).ready()
    yield running
    if not running.has_ended():
        running.ends(signal.SIGTERM)


def test_it_serves(portal):
    assert portal.answers()


def test_a_second_one_on_the_same_home_is_told_of_the_first(portal, home):
    second = Portal(home)

    assert second.process.wait(READY_SECONDS) == 1
    assert "already runs" in second.said
    assert portal.answers()


def test_a_port_in_use_is_named_with_another(portal):
    second = Portal(Path(settings.PORTAL_HOME) / "elsewhere", port=portal.port)

    assert second.process.wait(READY_SECONDS) == 1
    assert f"Port {portal.port} is in use" in second.said
    assert f"PORT={portal.port + 1} make demo" in second.said


def test_a_command_beside_it_finds_its_database_and_broker(portal):
    report = json.loads(portal.beside("doctor", "--json").stdout)
    well = {check["name"]: check for check in report["checks"]}

    for name in ("settings", "database", "roles", "limits", "broker", "clock"):
        assert well[name]["ok"], well[name]


@pytest.mark.parametrize(
    "words", ["bin/postgres", "valkey-server", "gunicorn", "--quiet worker", "--quiet beat"]
)
def test_a_killed_child_is_started_again(portal, words):
    first = until(lambda: portal.child(words), seconds=STOP_SECONDS)

    first.kill()

    second = until(
        lambda: (found := portal.child(words)) and found.pid != first.pid and found,
        seconds=STOP_SECONDS,
    )
    until(portal.answers, seconds=STOP_SECONDS)
    assert second.is_running()


def test_killed_itself_it_leaves_nothing_and_starts_again_on_the_same_data(portal, home):
    portal.ends(signal.SIGKILL)

    again = Portal(home, port=portal.port).ready()

    assert again.answers()
    assert again.ends(signal.SIGTERM) == 0
    assert "Stopped." in again.said


def test_ctrl_c_stops_it_at_once_even_while_it_starts(home):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    starting = Portal(home)
    until(lambda: "PostgreSQL" in starting.said, seconds=READY_SECONDS)

    assert starting.ends(signal.SIGINT) == 0


def test_broken_off_while_static_files_are_gathered_it_gathers_them_again():
    elsewhere = Path(settings.PORTAL_HOME) / "broken-off"
    starting = Portal(elsewhere)
    until((elsewhere / "static").exists, seconds=READY_SECONDS)
    starting.ends(signal.SIGKILL)
    assert not (elsewhere / "run" / "static.digest").exists()

    again = Portal(elsewhere).ready()
    assert (elsewhere / "static" / "staticfiles.json").exists()
    assert again.ends(signal.SIGTERM) == 0


def test_a_plain_user_in_a_very_long_path_gets_there_too():
    """By the system's own Python, since root's may not be open to others."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    version = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    same = python and subprocess.check_output(version, text=True).split() == ["3", "11"]
    if os.geteuid() != 0 or not same:
        pytest.skip("Not run: needs root, to become somebody else, and a Python 3.11 for all.")
    nobody = pwd.getpwnam("nobody")
    checkout = Path(settings.PORTAL_HOME) / ("x" * 120) / ("y" * 60)
    for path in files():
        copied = checkout / path.relative_to(CHECKOUT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    packages = Path(pytest.__file__).parent.parent
    (checkout / ".portal").mkdir()
    shutil.chown(checkout / ".portal", "nobody")

    plain = Portal(
        checkout / ".portal",
        checkout=checkout,
        python=python,
        environ={"PYTHONPATH": str(packages), "HOME": str(checkout / ".portal")},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
    ).ready()

    assert plain.answers()
    assert {process.uids().real for process in plain.family()} == {nobody.pw_uid}
    assert plain.ends(signal.SIGTERM) == 0
