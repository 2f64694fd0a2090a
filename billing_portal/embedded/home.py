"""Where one installation keeps its state."""

import hashlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
NAMES = ("admin", "owner", "app", "broker", "key")


@dataclass(frozen=True, slots=True)
class PortalHome:
    """The folder that `PORTAL_HOME` names; everything an installation writes is below it.

    Two exceptions: sockets, whose paths may not be long, and the database of an installation run
    by root below a folder that an unprivileged user cannot reach.
    """

    root: Path

    @classmethod
    def here(cls) -> "PortalHome":
        """The one of this process."""
        return cls(Path(os.environ.get("PORTAL_HOME") or CHECKOUT / ".portal").absolute())

    @property
    def run(self) -> Path:
        """What is true while it runs: lock, environment, secrets."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """What the services say."""
        return self.root / "logs"

    @property
    def environment_file(self) -> Path:
        """What a running supervisor offers to commands beside it."""
        return self.run / "environment.json"

    @property
    def tag(self) -> str:
        """A short name of this home, the same every time."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:10]

    @property
    def sockets(self) -> Path:
        """A short path: PostgreSQL refuses sockets beyond 107 bytes."""
        return Path(tempfile.gettempdir()) / f"bp-{os.getuid()}-{self.tag}"

    def make(self) -> None:
        """Make the folders, closed to others. Raises OSError when the disk or the rights refuse."""
        for folder in (self.root, self.run, self.logs, self.root / "files", self.root / "drop"):
            folder.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o700)
        (self.root / "files").chmod(0o700)

    def secrets(self) -> dict[str, str]:
        """Passwords and keys, made at the first start, readable by the owner alone."""
        path = self.run / "secrets.json"
        if not path.exists():
            made = {name: secrets.token_urlsafe(48) for name in NAMES}
            write_private(path, json.dumps(made))
        held: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return held


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
