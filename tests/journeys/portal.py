"""The demo as `make demo` serves it, in processes of its own, with a few denials more."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from billing_portal.embedded.home import CHECKOUT, PortalHome
from billing_portal.embedded.postgres import DATABASE, Cluster
from billing_portal.kernel.days import house_day
from tests.cluster import TEMPLATE, built, copy
from tests.generators.remit import Clp, Remit, interchange

READY, PATIENCE = "Ready: ", 240
SITE, PAYER = "1999900016", "NLHP1"
FAMILY_NAME, GIVEN_NAME = "QUILLFEATHER", "JANE"
"""A patient's name that no page, address or file of the portal has a reason to hold otherwise."""
AMOUNTS = [Decimal("1234.51") + number for number in range(8)]
SMALL = {"DEMO_SIZE": "s", "WEB_WORKERS": "1", "TASK_WORKERS": "1"}
FOREIGN = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "DEMO")


@dataclass(frozen=True, slots=True)
class Denial:
    """One denied claim that was taken in for the journeys."""

    number: str
    payers_number: str
    amount: str
    name: str = FAMILY_NAME


DENIALS = [
    Denial(f"JRN{number:04}", f"PJN{number:04}", f"{amount:,.2f}")
    for number, amount in enumerate(AMOUNTS, start=1)
]


def remittance() -> bytes:
    """One payment of today that denies them all for a missing modifier: work for billing."""
    claims = [
        Clp(
            each.number,
            amount,
            cuts=[("CO", "16", str(amount))],
            icn=each.payers_number,
            name=FAMILY_NAME,
        )
        for each, amount in zip(DENIALS, AMOUNTS, strict=True)
    ]
    today = house_day(datetime.now(UTC))
    return interchange(
        Remit("JRNTRACE1", claims, paid_on=today, payer=PAYER, payer_name="NORTHLIGHT", npi=SITE)
    )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def migrate(home: PortalHome) -> None:
    """The tables, from the template that all tests share."""
    home.make()
    copy(built(), home)
    with Cluster(home, quick=True) as cluster:
        cluster.drop_database(DATABASE)
        cluster.create_database(DATABASE, template=TEMPLATE)


def environ_of(home: PortalHome) -> dict[str, str]:
    """Ours, less what names another portal."""
    ours = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return ours | {"PORTAL_HOME": str(home.root)}


def manage(home: PortalHome, *arguments: str) -> None:
    """Run a command beside the portal that serves a home."""
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=CHECKOUT, env=environ_of(home), check=True, capture_output=True)


@contextmanager
def serving(home: PortalHome, **more: str) -> Iterator[str]:
    """The address of a portal with the small demo and the denials of the journeys.

    ``more`` goes to its environment: ``DEMO_ERP="tryton"``.
    """
    migrate(home)
    environ, port = environ_of(home) | SMALL | more, free_port()
    log = home.logs / "journeys.log"
    with log.open("wb") as said:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--demo", "--port", str(port)],
            cwd=CHECKOUT,
            env=environ,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(up, log)
        path = home.root / "journeys.835"
        path.write_bytes(remittance())
        manage(home, "ingest", "--source", "clearinghouse", str(path))
        yield f"http://127.0.0.1:{port}"
    finally:
        up.terminate()
        up.wait(timeout=30)


def wait_until_ready(up: subprocess.Popen[bytes], log) -> None:
    """Until it says so; what it said instead is the failure's text."""
    for _ in range(PATIENCE * 4):
        if READY in log.read_text(encoding="utf-8", errors="replace"):
            return
        with suppress(subprocess.TimeoutExpired):
            up.wait(timeout=0.25)
            break
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
