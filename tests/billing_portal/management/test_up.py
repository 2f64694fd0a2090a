"""`manage.py up` as a person runs it: whole, killed in part, killed whole, and told to stop."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from billing_portal.embedded.home import CHECKOUT
from tests.architecture.tree import files

pytestmark = [pytest.mark.slow, pytest.mark.faults]
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
READY_SECONDS = 180
STOP_SECONDS = 30


def until(claim, *, seconds):
    deadline = time.monotonic() + seconds
    while not (held := claim()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return held


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


class Portal:
    """One `manage.py up`."""

    def __init__(self, home, *, port=None, checkout=CHECKOUT, python=sys.executable, **options):
        self.port = port or free_port()
        self.command = [str(python), str(checkout / "manage.py")]
        self.environ = {name: text for name, text in os.environ.items() if name not in OURS}
        self.environ |= {"PORTAL_HOME": str(home), "PORT": str(self.port)}
        self.environ |= options.pop("environ", {})
        self.log = Path(settings.PORTAL_HOME) / f"up-{self.port}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.command, "up"], env=self.environ, stdout=log, stderr=log, **options
            )

    @property
    def said(self):
        return self.log.read_text()

    def ready(self):
        until(lambda: "Ready:" in self.said or self.has_ended(), seconds=READY_SECONDS)
        assert "Ready:" in self.said, self.said
        return self

    def has_ended(self):
        return self.process.poll() is not None

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as page:
                return page.status == 200
        except OSError:
            return False

    def beside(self, *command):
        return subprocess.run(
            [*self.command, *command], env=self.environ, capture_output=True, text=True, check=False
        )

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, words):
        """The direct child whose command has these words."""
        for process in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # a zombie has no command any more
                if words in " ".join(process.cmdline()):
                    return process
        return None

    def ends(self, how):
        """Signal it, and demand that all it started is gone."""
        family = self.family()
        self.process.send_signal(how)
        self.process.wait(STOP_SECONDS)
        _gone, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
        assert left == []
        return self.process.returncode


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
