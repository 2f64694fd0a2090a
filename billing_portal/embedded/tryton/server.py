"""One Tryton: its own PostgreSQL with its own role, and its server on a loopback port."""

import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome, write_private
from billing_portal.embedded.postgres import OWNER, Cluster
from billing_portal.embedded.processes import spawn, stop, wait_until

DATABASE = "tryton"
MODULES = ("account_invoice", "account_payment")
PATIENCE = 60.0
CONFIGURATION = """
[database]
uri = postgresql://
[web]
listen = 127.0.0.1:{port}
"""


class Tryton:
    """The server of one home, by the programs that stand in their own environment."""

    name = "Tryton"

    def __init__(self, home: PortalHome, port: int, programs: Path) -> None:
        home.make()
        self.home, self.port, self.programs = home, port, programs
        self.child: subprocess.Popen[bytes] | None = None
        self.cluster = Cluster(home, quick=True)

    @property
    def url(self) -> str:
        """Where its books answer."""
        return f"http://127.0.0.1:{self.port}/{DATABASE}"

    @property
    def key(self) -> str:
        """What lets the portal in."""
        return self.home.secrets()["key"]

    def start(self) -> Self:
        """Start the database and the server; started twice is started once. Raises StartRefused."""
        self.cluster.start()
        if self.child is None or self.child.poll() is not None:
            self.child = self.launch("trytond", "-d", DATABASE)
            if not wait_until(self.answers, child=self.child, patience=PATIENCE):
                raise StartRefused(f"Tryton did not start: {self.home.last_words('trytond')}")
        return self

    def stop(self) -> None:
        """End the server, then the database."""
        if self.child is not None:
            stop(self.child, signal.SIGTERM, patience=5.0)
        self.cluster.stop()

    def make_tables(self) -> None:
        """Install the modules in an empty database. Raises StartRefused."""
        password = self.home.run / "administrator"
        write_private(password, self.home.secrets()["admin"])
        child = self.launch(
            *("trytond-admin", "-d", DATABASE, "-u", *MODULES, "--activate-dependencies"),
            *("--email", "administrator@example.org", "--password"),
            more={"TRYTONPASSFILE": str(password)},
        )
        if child.wait():
            raise StartRefused(f"Tryton's tables: {self.home.last_words('trytond-admin')}")

    def launch(
        self, program: str, *arguments: str, more: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """One of its programs; it dies with us."""
        configuration = self.home.run / "trytond.conf"
        write_private(configuration, CONFIGURATION.format(port=self.port))
        command: Sequence[str] = [str(self.programs / program), "-c", str(configuration)]
        log = self.home.log(program)
        try:
            return spawn([*command, *arguments], output=log, environ=self.environ | (more or {}))
        finally:
            os.close(log)

    @property
    def environ(self) -> dict[str, str]:
        """How it finds its database; nothing of ours."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "C.UTF-8",
            "PGHOST": str(self.cluster.sockets),
            "PGUSER": OWNER,
            "PGPASSWORD": self.home.secrets()["owner"],
        }

    def answers(self) -> bool:
        """Whether it listens."""
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0
