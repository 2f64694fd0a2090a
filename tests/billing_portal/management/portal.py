"""One `manage.py up`, started for a test, killed in part or whole, and told to stop."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
from django.conf import settings

from billing_portal.embedded.home import CHECKOUT
from tests.journeys.portal import free_port

OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
READY_SECONDS = 180
STOP_SECONDS = 30


def until(claim, *, seconds):
    deadline = time.monotonic() + seconds
    while not (held := claim()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return held


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
