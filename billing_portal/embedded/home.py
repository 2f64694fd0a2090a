"""Where one installation keeps its state."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from billing_portal.embedded.errors import StartRefused

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SECRETS = ("admin", "owner", "app", "broker", "key")
NEEDED_MEGABYTES = 300


@dataclass(frozen=True, slots=True)
class PortalHome:
    """The folder that `PORTAL_HOME` names; everything an installation writes is below it.

    Two exceptions: sockets, whose paths may not be long, and the database of an installation run
    by root below a folder that an unprivileged account cannot reach.
    """

    root: Path

    @classmethod
    def here(cls) -> "PortalHome":
        """The one of this process."""
        return cls(Path(os.environ.get("PORTAL_HOME") or CHECKOUT / ".portal").absolute())

    @property
    def run(self) -> Path:
        """What is true while it runs: lock, environment; and the secrets."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """What the services say."""
        return self.root / "logs"

    @property
    def tag(self) -> str:
        """A short name of this home, the same every time."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:10]

    @property
    def sockets(self) -> Path:
        """A short path, whatever the home's: a socket's path may not exceed 107 bytes."""
        return Path("/tmp") / f"bp-{os.getuid()}-{self.tag}"  # noqa: S108  # `private` refuses a stranger's

    def make(self) -> None:
        """Make the folders. Raises StartRefused when the rights or the disk do not allow it."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for folder in (self.run, self.logs, self.root / "files", self.root / "drop"):
                private(folder)
        except OSError as error:
            raise StartRefused(
                f"Cannot write to {self.root} ({error.strerror})."
                " Set PORTAL_HOME to a folder that you may write to."
            ) from error
        if shortage := self.shortage():
            raise StartRefused(shortage)

    def shortage(self) -> str:
        """That the disk is full and what to do; empty when it is not, or nothing is there yet."""
        if not self.root.is_dir():
            return ""
        free = shutil.disk_usage(self.root).free // 1024**2
        if free >= NEEDED_MEGABYTES:
            return ""
        return (
            f"The disk of {self.root} is full: {free} MB are free, {NEEDED_MEGABYTES} MB are"
            " needed. Free some, or set PORTAL_HOME to a folder on another disk."
        )

    def secrets(self) -> dict[str, str]:
        """Passwords and keys, made at the first start, readable by the owner alone."""
        path = self.run / "secrets.json"
        if not path.exists():
            write_private(path, json.dumps({name: secrets.token_urlsafe(48) for name in SECRETS}))
        held: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return held

    def log(self, name: str) -> int:
        """A descriptor of a service's log; a long one starts anew and the last one is kept."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > 10_000_000:
            path.replace(path.with_suffix(".log.1"))
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def last_words(self, name: str) -> str:
        """The end of a service's log, for a refusal."""
        text = (self.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return " / ".join(text.strip().splitlines()[-3:])

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Held by one supervisor at a time; the kernel lets go when it dies, however it dies.

        Raises StartRefused when another one runs.
        """
        with (self.run / "lock").open("a") as lock:
            if not holds(lock.fileno(), fcntl.LOCK_EX, patience=1.0):
                raise StartRefused(
                    f"Billing Portal already runs from {self.root}. Stop it first (Ctrl-C in its"
                    " terminal), or set PORTAL_HOME and PORT for a second one."
                )
            yield

    @property
    def is_claimed(self) -> bool:
        """Whether a supervisor runs here now."""
        with suppress(OSError), (self.run / "lock").open("r") as lock:
            return not holds(lock.fileno(), fcntl.LOCK_SH, patience=0)
        return False


def holds(descriptor: int, kind: int, *, patience: float) -> bool:
    """Whether the lock was got within so many seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def private(folder: Path, uid: int | None = None, gid: int | None = None) -> None:
    """Make a folder that one user alone may enter: us, or the one named.

    Raises StartRefused when it stands already and is another's (a trap in a shared folder).
    """
    wanted = os.geteuid() if uid is None else uid
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = folder.lstat()
    if folder.is_symlink() or held.st_uid not in {wanted, os.geteuid()}:
        raise StartRefused(
            f"{folder} belongs to another user."
            " Start as that user, or remove it, or set PORTAL_HOME to another folder."
        )
    folder.chmod(0o700)
    if held.st_uid != wanted:
        os.chown(folder, wanted, -1 if gid is None else gid)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
