"""The embedded PostgreSQL: initialised, configured and started by us.

Two roles: the owner makes tables, the application uses them. Passwords (SCRAM) over a socket that
only its owner can reach; no TCP. Statements and parameters stay out of the log: they carry data.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from billing_portal.embedded.account import binaries, data_folder, unprivileged
from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome, private, write_private
from billing_portal.embedded.processes import end_stale, spawn, stop, wait_until

DATABASE = "portal"
ADMIN, OWNER, APP = "portal_admin", "portal_owner", "portal_app"
PATIENCE = 30.0
RECOVERY_PATIENCE = 300.0
"""Seconds: after a crash the server syncs its files and replays its log before it answers."""

CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_destination": "stderr",
    "log_min_messages": "log",  # an error's text carries values; whoever caused it is told
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """One PostgreSQL server of one home."""

    name = "PostgreSQL"

    def __init__(self, home: PortalHome, *, quick: bool = False) -> None:
        """`quick` gives up crash safety, for tests alone."""
        self.home = home
        self.quick = quick
        self.child: subprocess.Popen[bytes] | None = None
        home.make()
        self.identity = unprivileged()
        self.data = data_folder(home, self.identity)
        self.bin = binaries(self.identity)
        self.sockets = home.sockets.with_name(home.sockets.name + "-pg")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    # Starting and stopping

    def start(self) -> Self:
        """Initialise at the first time, configure, start, make the roles and the database.

        Started twice is started once. Raises StartRefused with the server's own words.
        """
        if self.child is not None and self.child.poll() is None:
            return self
        if not (self.data / "PG_VERSION").exists():
            self.initialise()
        self.configure()
        end_stale(
            self.data / "postmaster.pid", folder=self.data, how=signal.SIGINT, patience=PATIENCE
        )
        self.child = self.launch()
        if not wait_until(self.answers, child=self.child, patience=RECOVERY_PATIENCE):
            raise StartRefused(f"PostgreSQL did not start: {self.home.last_words('postgres')}")
        self.ensure_roles()
        self.create_database(DATABASE)
        return self

    def stop(self) -> None:
        """Fast shutdown: connections are cut, data are safe."""
        if self.child is not None:
            stop(self.child, signal.SIGINT, patience=PATIENCE)
            self.child = None
            with suppress(OSError):
                self.sockets.rmdir()

    def initialise(self) -> None:
        """Make the data folder (initdb) with a superuser whose password is ours."""
        self.own(self.data)
        password = self.data.with_name(f".initdb-{os.getpid()}")
        self.write(password, self.home.secrets()["admin"])
        try:
            self.tool(
                ["initdb", "-D", str(self.data), "-U", ADMIN, "--pwfile", str(password)]
                + ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
                + ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
                + (["--no-sync"] if self.quick else [])
            )
        finally:
            password.unlink(missing_ok=True)

    def configure(self) -> None:
        """Write our configuration, whole, at every start."""
        self.own(self.sockets)
        settings = CONFIGURATION | {"unix_socket_directories": str(self.sockets)}
        settings |= QUICK if self.quick else {}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        self.write(self.data / "postgresql.auto.conf", "".join(lines))
        self.write(self.data / "pg_hba.conf", "local all all scram-sha-256\n")

    def launch(self) -> subprocess.Popen[bytes]:
        """The server itself; when we die, however we die, it shuts down fast."""
        log = self.home.log("postgres")
        try:
            return spawn(
                [str(self.bin / "postgres"), "-D", str(self.data)],
                output=log,
                identity=self.identity,
                on_parent_death=signal.SIGINT,
                environ=self.environ,
                cwd=Path("/"),
            )
        finally:
            os.close(log)

    @property
    def environ(self) -> Mapping[str, str]:
        """Nothing of ours: no PG* variable may bend the server."""
        return {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}

    def own(self, folder: Path) -> None:
        """Make a folder that the server's account alone may enter."""
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if self.identity is None:
            private(folder)
        else:
            private(folder, self.identity.uid, self.identity.gid)

    def write(self, path: Path, content: str) -> None:
        """Write a file that the server's account alone may read."""
        write_private(path, content)
        if self.identity is not None:
            os.chown(path, self.identity.uid, self.identity.gid)

    def tool(self, command: Sequence[str]) -> None:
        """Run one of PostgreSQL's tools as the server's account, with its words if it fails."""
        options: dict[str, Any] = self.identity.options if self.identity else {}
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=self.environ,
            **options,
        )
        if done.returncode:
            words = (done.stderr or done.stdout).strip()[-600:]
            raise StartRefused(f"{command[0]} failed: {words}")

    def answers(self) -> bool:
        """Whether it takes connections. Raises StartRefused when our password is not its own."""
        try:
            psycopg.connect(self.admin_url(), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                return False
            raise StartRefused(
                f"{self.home.run}/secrets.json does not hold the passwords of {self.data}."
                " Put the right one back, or move that folder away to begin with an empty database."
            ) from error
        return True

    # Roles, databases, addresses

    def ensure_roles(self) -> None:
        """The owner's and the application's role, with our passwords."""
        secrets = self.home.secrets()
        with self.admin() as connection:
            held = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, name in ((OWNER, "owner"), (APP, "app")):
                verb = sql.SQL("ALTER" if role in held else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        verb, sql.Identifier(role), sql.Literal(secrets[name])
                    )
                )

    def create_database(self, name: str, *, template: str = "") -> None:
        """A database of the owner's, if it is not there; a file copy of a template's."""
        database, owner, app = (sql.Identifier(word) for word in (name, OWNER, APP))
        with self.admin() as connection:
            if connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [name]
            ).fetchone():
                return
            order = sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner)
            if template:
                order += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
            connection.execute(order)
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, app)
            )

    def drop_database(self, name: str) -> None:
        """Remove a database and cut its connections."""
        with self.admin() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def admin(self) -> psycopg.Connection[Any]:
        """A connection of the superuser's; each statement is its own transaction."""
        return psycopg.connect(self.admin_url(), autocommit=True)

    def url(self, role: str, secret: str, database: str) -> str:
        """An address: `postgresql://role:password@%2Fsocket%2Ffolder/database`."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{role}:{self.home.secrets()[secret]}@{host}/{database}"

    def admin_url(self, database: str = "postgres") -> str:
        """For making databases and roles."""
        return self.url(ADMIN, "admin", database)

    def owner_url(self, database: str = DATABASE) -> str:
        """For migrations."""
        return self.url(OWNER, "owner", database)

    def app_url(self, database: str = DATABASE) -> str:
        """For everything else."""
        return self.url(APP, "app", database)
