"""One installation in one terminal: services, tables, pages, worker and beat, in that order."""

import errno
import hashlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from billing_portal.embedded.discovery import publish
from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import CHECKOUT, PortalHome
from billing_portal.embedded.postgres import Cluster
from billing_portal.embedded.processes import spawn
from billing_portal.embedded.supervisor import Program, Supervisor, how_it_ended, ignore_signals
from billing_portal.embedded.tryton.shelf import tryton_of
from billing_portal.embedded.valkey import Broker

WEB_LIMITS = {"STATEMENT_SECONDS": "30"}
QUIET = ("-W", "ignore:You're running the worker")  # as root; tasks are JSON, never pickles
ALONE = ("--without-gossip", "--without-mingle")  # workers have nothing to tell each other
PATIENCE = 60.0


@dataclass
class Installation:
    """What `manage.py up` runs. Sizes come from the environment: `docs/guides/operate.md`."""

    home: PortalHome
    port: int
    demo: bool
    say: Callable[[str], None]
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(say=self.say)
        self.host = self.environ.get("BIND", "127.0.0.1")

    def run(self) -> None:
        """Start all, keep all up; end all when told to, or when that cannot be done.

        Raises StartRefused with what to do, and Told when a signal asked for the end.
        """
        self.home.make()
        with self.home.claimed():
            try:
                self.start()
                self.supervisor.watch()
            finally:
                ignore_signals()
                self.supervisor.stop()

    def start(self) -> None:
        """Every step, each with its time."""
        self.check_port()
        self.environ |= {
            "PORTAL_HOME": str(self.home.root),
            "PYTHONUNBUFFERED": "1",
            "DEMO": "1" if self.demo else self.environ.get("DEMO", "0"),
        }
        self.environ.setdefault("SECRET_KEY", self.home.secrets()["key"])
        self.environ.setdefault("SITE_URL", f"http://{self.host}:{self.port}")
        self.start_services()
        publish(self.home, self.offered)
        collecting = self.collect_static()
        with self.step("Tables"):
            self.manage("migrate", "--skip-checks")
        sign_ins = self.start_demo() if self.demo else ""
        with self.step("Static files"):
            self.finish(collecting, "collectstatic")
            self.collected.write_text(static_digest(), encoding="utf-8")
        self.start_programs()
        self.say(f"Ready: http://{self.host}:{self.port}")
        if sign_ins:
            self.say(sign_ins)

    @property
    def offered(self) -> dict[str, str]:
        """What commands beside this installation need to know."""
        return {name: self.environ[name] for name in OFFERED if name in self.environ}

    def start_services(self) -> None:
        """PostgreSQL and Valkey, unless the environment names others."""
        if not self.environ.get("DATABASE_URL") and not self.environ.get("DATABASE_URL_FILE"):
            with self.step("PostgreSQL"):
                cluster = Cluster(self.home)
                self.supervisor.start(cluster)
            self.environ["DATABASE_URL"] = cluster.app_url()
            self.environ["DATABASE_OWNER_URL"] = cluster.owner_url()
        if not self.environ.get("BROKER_URL") and not self.environ.get("BROKER_URL_FILE"):
            with self.step("Valkey"):
                broker = Broker(self.home)
                self.supervisor.start(broker)
            self.environ["BROKER_URL"] = broker.url

    def start_programs(self) -> None:
        """The web, until it answers; the worker and the beat."""
        celery = [sys.executable, *QUIET, "-m", "celery", "-A", "billing_portal.celery", "--quiet"]
        schedule = self.home.run / "beat-schedule"
        web = Program("web", self.gunicorn(), WEB_LIMITS | self.environ)
        concurrency = self.environ.get("TASK_WORKERS", "2")
        worker = [*celery, "worker", *ALONE, "--concurrency", concurrency, "--loglevel", "WARNING"]
        beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "-s", str(schedule)]
        with self.step("Web, worker and beat"):
            self.supervisor.start(web)
            self.supervisor.start(Program("worker", worker, self.environ))
            self.supervisor.start(Program("beat", beat, self.environ))
            self.wait_for(web)

    def gunicorn(self) -> list[str]:
        """The web server's command."""
        return [
            *(sys.executable, "-m", "gunicorn", "billing_portal.wsgi"),
            *("--bind", f"{self.host}:{self.port}", "--no-control-socket"),
            *("--worker-class", "gthread", "--threads", "4"),
            *("--workers", self.environ.get("WEB_WORKERS", "2")),
            *("--timeout", "60", "--graceful-timeout", "5", "--log-level", "warning"),
        ]

    def wait_for(self, web: Program) -> None:
        """Until a page is answered. Raises StartRefused when the server ends or stays silent."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.supervisor.relay(patience=0.1)
            if web.child is not None and web.child.poll() is not None:
                break
            if self.answers():
                return
        raise StartRefused("The web server did not start; the lines above say why.")

    def answers(self) -> bool:
        """Whether the web server speaks HTTP. Raises StartRefused when all it says is an error."""
        line = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            line.request("GET", "/livez")
            status = line.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        if status >= 500:
            raise StartRefused(f"The web server answers with error {status}; see the lines above.")
        return True

    def check_port(self) -> None:
        """Raises StartRefused when somebody else listens; one who is just ending gets a moment."""
        deadline = time.monotonic() + 3
        while not is_free(self.host, self.port):
            if time.monotonic() > deadline:
                raise StartRefused(
                    f"Port {self.port} is in use. Choose another one, for example:"
                    f" PORT={self.port + 1} make demo, or manage.py up --port {self.port + 1}"
                )
            time.sleep(0.1)

    @property
    def collected(self) -> Path:
        """Holds the digest of the static files that were gathered last, wholly."""
        return self.home.run / "static.digest"

    def collect_static(self) -> subprocess.Popen[bytes] | None:
        """Begin to gather and compress static files, if they changed since the last time."""
        stamp = self.collected
        if stamp.exists() and stamp.read_text(encoding="utf-8") == static_digest():
            return None
        stamp.unlink(missing_ok=True)
        return self.spawn_manage("collectstatic", "--noinput", "--clear", "--skip-checks")

    def start_demo(self) -> str:
        """The ledger that the demo posts to, and the organisation; its sign-ins are returned."""
        if self.environ.get("DEMO_ERP") == "tryton":
            self.start_tryton()
        else:
            self.start_sandbox()
        publish(self.home, self.offered)
        return self.load_demo()

    def start_sandbox(self) -> None:
        """The small ledger that comes with us."""
        ledger = SandboxLedger(self.home)
        self.environ["SANDBOX_URL"] = ledger.url
        with self.step("Sandbox ERP"):
            self.supervisor.start(Program(ledger.name, ledger.command, self.environ))

    def start_tryton(self) -> None:
        """A real one. Raises StartRefused, as when its packages cannot be had."""
        home = PortalHome(self.home.root / "tryton")
        if not home.run.exists():
            self.say("Tryton: installed and filled at the first start; that takes minutes")
        with self.step("Tryton"):
            tryton = tryton_of(home, kept_port(self.home, "tryton"))
            self.supervisor.start(tryton)
        self.environ |= {"TRYTON_URL": tryton.url, "PARTNER_TRYTON_KEY": tryton.key}

    def load_demo(self) -> str:
        """The demo organisation; its progress is shown, its sign-ins are returned."""
        self.say("Demo organisation")
        began = time.monotonic()
        child = spawn(
            manage_py("demo", "--size", self.environ.get("DEMO_SIZE") or "m"),
            output=subprocess.PIPE,
            errors=None,
            environ=self.environ,
        )
        sign_ins, _nothing = child.communicate()
        if child.returncode:
            raise StartRefused("The demo organisation was not loaded; the lines above say why.")
        self.say(f"{'Demo organisation':<22} {time.monotonic() - began:5.1f} s")
        return sign_ins.decode().rstrip()

    def manage(self, *arguments: str) -> None:
        """Run a command to its end."""
        self.finish(self.spawn_manage(*arguments), arguments[0])

    def spawn_manage(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin a command; what it says goes to a log under its name."""
        log = self.home.log(arguments[0])
        try:
            return spawn(manage_py(*arguments), output=log, environ=self.environ)
        finally:
            os.close(log)

    def finish(self, child: subprocess.Popen[bytes] | None, name: str) -> None:
        """Wait for a command. Raises StartRefused with its last words when it fails."""
        if child is None or child.wait() == 0:
            return
        raise StartRefused(
            f"{name} failed ({how_it_ended(child.returncode)}): {self.home.last_words(name)}"
        )

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say what is done and how long it took."""
        began = time.monotonic()
        yield
        self.say(f"{name:<22} {time.monotonic() - began:5.1f} s")


OFFERED = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "SECRET_KEY", "DEMO"),
    *("SANDBOX_URL", "TRYTON_URL", "PARTNER_TRYTON_KEY"),
)


@dataclass(frozen=True, slots=True)
class SandboxLedger:
    """The demo's ERP: its books are in the home, its port is the same at every start if it can."""

    home: PortalHome
    name: ClassVar[str] = "erp"

    @property
    def url(self) -> str:
        """Where it listens: on this machine alone."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The one it had."""
        return kept_port(self.home, self.name)

    @property
    def command(self) -> list[str]:
        """How it is started."""
        return [
            *(sys.executable, "-m", "integrations.connectors.sandbox.server"),
            *("--port", str(self.port), "--db", str(self.home.root / "sandbox-erp.sqlite3")),
        ]


def manage_py(*arguments: str) -> list[str]:
    """A command of this checkout, by this Python."""
    return [sys.executable, str(CHECKOUT / "manage.py"), *arguments]


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there. Raises StartRefused where we cannot listen in any case."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, port))
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                return False
            raise StartRefused(
                f"Cannot listen on {host}:{port} ({error}). Choose another PORT (1024 to 65535),"
                " or a BIND that is an IPv4 address of this machine."
            ) from error
    return True


def kept_port(home: PortalHome, name: str) -> int:
    """The port that a service had; another one when there was none, or somebody took it."""
    kept = home.run / f"{name}.port"
    port = int(kept.read_text(encoding="utf-8")) if kept.exists() else 0
    if not port or not is_free("127.0.0.1", port):
        port = any_port()
        kept.write_text(str(port), encoding="utf-8")
    return port


def any_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def static_digest() -> str:
    """Of the lock and of our own static files: what `collectstatic` gathers."""
    sha = hashlib.sha256((CHECKOUT / "requirements" / "runtime.txt").read_bytes())
    for path in sorted((CHECKOUT / "billing_portal" / "static").rglob("*")):
        if path.is_file():
            sha.update(str(path).encode() + path.read_bytes())
    return sha.hexdigest()
