"""What is made once and used by every Tryton of this machine: the programs and a filled database.

Both stand outside of the checkout, under a digest of the lock and of what fills the database.
Nothing of Tryton is ever committed.
"""

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import CHECKOUT, PortalHome
from billing_portal.embedded.postgres import Cluster
from billing_portal.embedded.tryton import books
from billing_portal.embedded.tryton.books import ADMINISTRATOR, Session
from billing_portal.embedded.tryton.server import DATABASE, Tryton

LOCK = CHECKOUT / "requirements" / "tryton.txt"
KEPT = 2


def shelf() -> Path:
    """The folder that holds them: TRYTON_CACHE, or one among the temporary ones.

    Raises StartRefused when it is another user's: what lies there is run.
    """
    named = os.environ.get("TRYTON_CACHE")
    folder = Path(named or Path(tempfile.gettempdir()) / f"bp-tryton-{os.getuid()}")
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid != os.geteuid():
        raise StartRefused(f"{folder} belongs to another user. Set TRYTON_CACHE to another folder.")
    return folder


def digest() -> str:
    """Of the lock, what fills the database, and this Python."""
    sha = hashlib.sha256(sys.version.encode())
    for path in (LOCK, Path(books.__file__), books.CHART):
        sha.update(path.read_bytes())
    return sha.hexdigest()[:16]


class NotInstalled(StartRefused):
    """Its packages cannot be had: the registry is not reached, or gives other ones."""


@contextmanager
def place() -> Iterator[Path]:
    """The folder of today's digest; one process makes what it holds, others wait."""
    root = shelf()
    with (root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = root / digest()
        folder.mkdir(mode=0o711, exist_ok=True)
        folder.touch()
        forget_oldest(root)
        yield folder


def forget_oldest(root: Path) -> None:
    """Keep what was used last."""
    made = [mark.parent for mark in root.glob("*/installed")]
    for folder in sorted(made, key=lambda made: made.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(folder)


def programs(folder: Path) -> Path:
    """Where Tryton's programs are; installed at the first need. Raises NotInstalled."""
    made, venv = folder / "installed", folder / "venv"
    if not made.exists():
        shutil.rmtree(venv, ignore_errors=True)
        run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
        pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install"]
        run([*pip, "--quiet", "--require-hashes", "--no-deps", "-r", str(LOCK)])
        made.touch()
    return venv / "bin"


def run(command: list[str]) -> None:
    """One step of the installation. Raises NotInstalled with its last words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NotInstalled(f"Tryton cannot be installed: {' '.join(words)}")


def filled(folder: Path, programs: Path) -> PortalHome:
    """The home of a stopped Tryton with its books, made at the first need."""
    made, home = folder / "filled", PortalHome(folder / "home")
    if not made.exists():
        shutil.rmtree(home.root, ignore_errors=True)
        home.root.mkdir(mode=0o711)
        fill_one(Tryton(home, free_port(), programs))
        made.touch()
    return home


def fill_one(tryton: Tryton) -> None:
    """Make the tables of an empty server and its books."""
    try:
        tryton.cluster.start().create_database(DATABASE)
        tryton.make_tables()
        tryton.start()
        session = Session(tryton.url, ADMINISTRATOR, tryton.home.secrets()["admin"]).sign_in()
        books.fill(session)
        books.admit(session, tryton.key)
    finally:
        tryton.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def tryton_of(home: PortalHome, port: int) -> Tryton:
    """The Tryton of a home; a new home gets a copy of the filled one. Raises StartRefused."""
    with place() as folder:
        found = programs(folder)
        if not (home.run / "secrets.json").exists():
            copy(filled(folder, found), home)
    return Tryton(home, port, found)


def copy(kept: PortalHome, home: PortalHome) -> None:
    """A stopped server's files and secrets, as another home's own."""
    home.make()
    source, target = Cluster(kept).data, Cluster(home).data
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/cp", "-a", str(source), str(target)], check=True)
    shutil.copy(kept.run / "secrets.json", home.run / "secrets.json")
