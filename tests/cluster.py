"""The tests' own PostgreSQL: one server per worker, a migrated template, clones of it.

Tests connect as the application's role; the owner's role builds the template. The server with its
template is kept between runs, by a digest of all that a migration may read, and copied.
"""

import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from billing_portal.embedded.home import CHECKOUT, PortalHome
from billing_portal.embedded.postgres import Cluster
from billing_portal.settings.database import credentials

TEMPLATE, DATABASE = "portal_template", "portal_test"
KEPT = 3
LATELY = 3600.0
"""Seconds in which a template that was used may be needed by a run that is under way."""
PACKAGES = ("billing_portal", "integrations", "cases")
DATA = {".csv", ".sql", ".json"}


class TestCluster:
    """One worker's server."""

    __test__ = False

    def __init__(self, home: PortalHome) -> None:
        """Copy the kept server, which is made at the first need, and start it."""
        home.make()
        copy(built(), home)
        self.cluster = Cluster(home, quick=True).start()

    def renew(self) -> None:
        """A fresh clone of the template under the tests' name."""
        connections.close_all()
        self.cluster.drop_database(DATABASE)
        self.cluster.create_database(DATABASE, template=TEMPLATE)
        point(self.cluster, DATABASE)

    def remove(self) -> None:
        """Stop the server and take away what it kept."""
        connections.close_all()
        self.cluster.stop()
        shutil.rmtree(self.cluster.data)


def point(cluster: Cluster, database: str) -> None:
    """Let Django's default connection be the application's role on this database."""
    connections["default"].close()
    chosen = credentials(cluster.app_url(database))
    settings.DATABASES["default"].update(chosen)
    connections["default"].settings_dict.update(chosen)
    settings.DATABASE_URL = cluster.app_url(database)
    settings.DATABASE_OWNER_URL = cluster.owner_url(database)


def digest() -> str:
    """Of the code, tables and locks that a migration may read."""
    sha = hashlib.sha256()
    here = CHECKOUT / "tests" / "cluster.py"
    for path in sorted({CHECKOUT / "requirements" / "runtime.txt", here, *tables(), *read_by()}):
        sha.update(f"{path.relative_to(CHECKOUT)}\0".encode() + path.read_bytes())
    return sha.hexdigest()[:16]


def tables() -> Iterator[Path]:
    """The files of data in the portal's packages."""
    for package in PACKAGES:
        yield from (path for path in (CHECKOUT / package).rglob("*") if path.suffix in DATA)


def read_by() -> set[Path]:
    """Migrations, models and settings, and every module of ours that they come to import."""
    ours = [path for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py")]
    waiting = [path for path in ours if {"migrations", "settings"} & set(path.parts)]
    waiting += [path for path in ours if path.name in {"models.py", "apps.py", "migrate.py"}]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += (file for name in imported(path) for file in files_of(name))
    return found


def imported(path: Path) -> Iterator[str]:
    """The modules of ours that one imports, and the names in them, which may be modules too."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
        yield from (name for name in names if name.startswith(PACKAGES))


def files_of(name: str) -> Iterator[Path]:
    """Where a module's text stands; nowhere if it is a name inside one."""
    place = CHECKOUT.joinpath(*name.split("."))
    yield from filter(Path.exists, (place.with_suffix(".py"), place / "__init__.py"))


def built() -> PortalHome:
    """A stopped server whose template holds every migration; one process builds, others wait."""
    shelf = PortalHome(Path(tempfile.gettempdir()) / f"bp-test-templates-{os.getuid()}")
    shelf.root.mkdir(mode=0o711, exist_ok=True)
    with (shelf.root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        home = PortalHome(shelf.root / digest())
        if not (home.root / "ready").exists():
            forget_oldest(shelf.root)
            build(home)
        (home.root / "ready").touch()
    return home


def forget_oldest(shelf: Path) -> None:
    """Keep the latest few and what was used lately, and nothing half built."""
    used = {path.parent: path.stat().st_mtime for path in shelf.glob("*/ready")}
    latest = sorted(used, key=used.__getitem__, reverse=True)[: KEPT - 1]
    kept = {*latest, *(folder for folder, at in used.items() if time.time() - at < LATELY)}
    for folder in shelf.iterdir():
        if folder.is_dir() and folder not in kept:
            shutil.rmtree(folder)


def build(home: PortalHome) -> None:
    """Migrate once, as the owner."""
    home.root.mkdir(mode=0o711)
    with Cluster(home, quick=True) as cluster:
        cluster.create_database(TEMPLATE)
        point(cluster, TEMPLATE)
        call_command("migrate", verbosity=0)
        connections.close_all()


def copy(kept: PortalHome, home: PortalHome) -> None:
    """A server's files and its passwords."""
    source, target = Cluster(kept), Cluster(home)
    target.data.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source.data), str(target.data)], check=True)
    shutil.copy(kept.run / "secrets.json", home.run / "secrets.json")
