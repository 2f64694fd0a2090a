"""Processes that deliver the outbox, made to be killed: `python -m tests.faults.deliverers`.

Reads lines; each line makes one more such process and says its id. Django is loaded once and
forked, so that a killed one is replaced at once.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import django
from django.db import Error

from billing_portal.embedded.home import CHECKOUT


class Deliverers:
    """So many such processes at any time, on the database at an address."""

    def __init__(self, count, *, url, owner_url):
        environ = os.environ | {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": owner_url,
            "DJANGO_SETTINGS_MODULE": "billing_portal.settings",
        }
        self.maker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.deliverers"],
            cwd=CHECKOUT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pids = [self.make() for _ in range(count)]

    def make(self):
        self.maker.stdin.write("another\n")
        self.maker.stdin.flush()
        return int(self.maker.stdout.readline())

    def kill(self, chance):
        """kill -9 of one, and another in its place."""
        at = chance.randrange(len(self.pids))
        os.kill(self.pids[at], signal.SIGKILL)
        self.pids[at] = self.make()

    def stop(self):
        os.killpg(self.maker.pid, signal.SIGKILL)
        self.maker.communicate()


def deliver_for_ever():
    """As a worker does, and through whatever the database does."""
    from integrations.outbox.delivering import deliver_due  # noqa: PLC0415 -- Django comes first

    while True:
        with suppress(Error):
            deliver_due(limit=100)
        time.sleep(0.05)


def main():
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            deliver_for_ever()
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
