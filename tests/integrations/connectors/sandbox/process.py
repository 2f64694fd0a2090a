"""The sandbox ERP, started for a test and spoken to as a person would."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from urllib.request import Request, urlopen

from billing_portal.embedded.home import CHECKOUT
from integrations.ports.commands import TargetSettings

PATIENCE = 30.0


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


class Process:
    """One sandbox on a port of its own."""

    def __init__(self, folder, *, secret=""):
        self.path, self.port = folder / "sandbox.sqlite3", free_port()
        self.url, self.secret = f"http://127.0.0.1:{self.port}", secret
        self.child = None

    def start(self):
        self.child = subprocess.Popen(
            [
                *(sys.executable, "-m", "integrations.connectors.sandbox.server"),
                *("--port", str(self.port), "--db", str(self.path)),
            ],
            cwd=CHECKOUT,
            env=os.environ | {"SANDBOX_SECRET": self.secret},
        )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self

    def answers(self):
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.child.kill()
        self.child.wait()

    def settings(self, **more):
        return TargetSettings(
            url=self.url,
            secret=self.secret,
            **{"allows_loopback": True, "read_seconds": 5.0} | more,
        )

    def ask(self, path, body):
        """Say something to it beside the target."""
        asked = Request(
            f"{self.url}/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.secret}"},
        )
        with urlopen(asked, timeout=PATIENCE) as answer:
            assert answer.status == 200

    def tell(self, fault, times=1, seconds=0):
        self.ask("tell", {"fault": fault, "times": times, "seconds": seconds})

    def rows(self, query):
        """What its books hold, read beside it."""
        with closing(sqlite3.connect(self.path)) as books:
            return books.execute(query).fetchall()
