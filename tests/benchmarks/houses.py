"""Houses to measure pages in: small and large beside each other on one server.

`BENCH_HOME` names a folder where they are kept from run to run; without it they go when the run
ends. `BENCH_LARGE` is the number of cases of the large one.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from billing_portal.accounts.models import User
from billing_portal.embedded.home import CHECKOUT, PortalHome
from billing_portal.embedded.postgres import Cluster
from billing_portal.settings.database import credentials
from tests.cluster import point
from tests.generators.house_of_cases.building import build
from tests.generators.house_of_cases.people import LEAD

SMALL, LARGE = 10_000, 1_000_000
TOUCHED = """
SELECT coalesce(sum(hits), 0) + coalesce(sum(reads), 0)
FROM pg_stat_get_backend_io(%s) AS io WHERE object = 'relation'
"""


def large() -> int:
    """How many cases the large house has."""
    return int(os.environ.get("BENCH_LARGE", LARGE))


@dataclass
class House:
    """One database with its own connection, kept open, and somebody signed in."""

    size: int
    database: str
    server: "Server"
    reader_name: str = LEAD

    def __post_init__(self) -> None:
        with self.server.at(self.database):
            self.connection: Any = connections["default"]
            self.reader = User.objects.get(username=self.reader_name)
            self.client = self.client_of(self.reader)

    def client_of(self, user: User) -> Client:
        """A browser in which somebody has signed in."""
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    @contextmanager
    def here(self) -> Iterator["House"]:
        """What Django reads and writes, it reads and writes here."""
        before = connections["default"]
        connections["default"] = self.connection
        try:
            yield self
        finally:
            connections["default"] = before

    def touched(self) -> int:
        """How many buffers this house's connection has touched so far."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush(), pg_backend_pid()")
            pid = cursor.fetchone()[1]
        return self.server.value(self.database, TOUCHED, [pid])


@dataclass(frozen=True, slots=True)
class Visit:
    """What one request cost."""

    seconds: float
    buffers: int


def measured(house: House, ask: Callable[[], Any]) -> Visit:
    """One request in a house, its answer a page."""
    with house.here():
        before = house.touched()
        began = time.perf_counter()
        response = ask()
        seconds = time.perf_counter() - began
        after = house.touched()
    assert response.status_code == 200, response.status_code
    return Visit(seconds, after - before)


class Server:
    """One PostgreSQL with a house of each size that is asked for."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.watchers: dict[str, Any] = {}

    def value(self, database: str, query: str, parameters: list[Any]) -> int:
        """What the administrator's own connection answers."""
        if database not in self.watchers:
            self.watchers[database] = self.connect(self.cluster.admin_url(database))
        with self.watchers[database].cursor() as cursor:
            cursor.execute(query, parameters)
            return int(cursor.fetchone()[0])

    def connect(self, url: str) -> Any:
        """A connection of Django's that stands in nobody's way."""
        made = connections.create_connection("default")
        made.settings_dict = {**made.settings_dict, **credentials(url)}
        return made

    @contextmanager
    def at(self, database: str) -> Iterator[None]:
        """Django's default connection is a new one to this database, as the application."""
        before = connections["default"]
        connections["default"] = self.connect(self.cluster.app_url(database))
        try:
            yield
        finally:
            connections["default"] = before

    def house(self, size: int) -> House:
        """A house of a size, with a connection to it."""
        return House(size, self.database(size), self)

    def database(self, size: int) -> str:
        """A house's database: the one that was kept, if the tables are still the same."""
        database = f"house_{size}_{digest()}"
        if not self.holds(database):
            self.make(database, size)
        return database

    def holds(self, database: str) -> bool:
        """Whether there is a finished house of this name."""
        with self.cluster.admin() as connection:
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                [database],
            ).fetchone()
        return bool(found) and found[0] == "finished"

    def make(self, database: str, size: int) -> None:
        """Migrate and fill a database."""
        self.forget(size)
        self.cluster.create_database(database)
        point(self.cluster, database)
        call_command("migrate", verbosity=0)
        build(self.cluster, database, size=size, at=timezone.now())
        connections.close_all()
        with self.cluster.admin() as connection:
            connection.execute(f"COMMENT ON DATABASE {database} IS 'finished'")

    def forget(self, size: int) -> None:
        """Remove houses of this size that were built for other tables."""
        with self.cluster.admin() as connection:
            held = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"house\\_{size}\\_%"]
            ).fetchall()
        for (name,) in held:
            self.cluster.drop_database(name)


def digest() -> str:
    """Of every migration and of the generator: what a kept house depends on."""
    sha = hashlib.sha256()
    folders = [*CHECKOUT.glob("*/**/migrations"), CHECKOUT / "tests/generators/house_of_cases"]
    for path in sorted(path for folder in folders for path in folder.glob("*.py")):
        if ".venv" not in path.parts:
            sha.update(path.read_bytes())
    return sha.hexdigest()[:10]


@contextmanager
def served() -> Iterator[Server]:
    """A server for one benchmark; kept where `BENCH_HOME` says."""
    settings.ALLOWED_HOSTS = ["*"]
    kept = os.environ.get("BENCH_HOME")
    folder = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="bp-houses-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    server = Server(Cluster(PortalHome(folder), quick=True).start())
    try:
        yield server
    finally:
        connections.close_all()
        server.cluster.stop()
        if not kept:
            shutil.rmtree(server.cluster.data)
            shutil.rmtree(folder, ignore_errors=True)
