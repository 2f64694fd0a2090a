"""kill -9, of the worker and of PostgreSQL, in the middle of taking a file in: ten times.

Then the same command is given again, for all ten files. Everything is in, nothing is in twice,
every case is there once, and the record holds.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from billing_portal.audit.queries import verify
from billing_portal.embedded.home import CHECKOUT
from cases.work.models import Case
from integrations.canonical.models import (
    Adjustment,
    Claim,
    Remittance,
    RemittedClaim,
    ServiceLine,
)
from integrations.feed.models import Change
from integrations.inbox.models import Message, MessagePart
from tests.cluster import DATABASE
from tests.factories.integrations import SourceFactory
from tests.generators.remit import Remit, denied, interchange, paid

KILLS, PARTS, CLAIMS = 10, 5, 300
PATIENCE = 180.0


def remits(round_number):
    """Five payments of three hundred claims, a quarter of them denied."""
    return [
        Remit(
            f"T{round_number}-{part}",
            [
                (denied if n % 4 == 0 else paid)(f"C{round_number}-{part}-{n}")
                for n in range(CLAIMS)
            ],
        )
        for part in range(PARTS)
    ]


def command(server, *paths):
    """`manage.py ingest` in a process of its own."""
    environ = os.environ | {
        "DATABASE_URL": server.cluster.app_url(DATABASE),
        "DATABASE_OWNER_URL": server.cluster.owner_url(DATABASE),
        "DJANGO_SETTINGS_MODULE": "billing_portal.settings",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "ingest", "--source", "killed", *map(str, paths), "--json"],
        cwd=CHECKOUT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def parts(server):
    """How many parts are applied, asked beside Django."""
    with psycopg.connect(server.cluster.app_url(DATABASE)) as connection:
        row = connection.execute("SELECT count(*) FROM integrations_messagepart").fetchone()
        return row[0]


def wait_for_the_middle(server, worker, *, started_with, chance):
    """Until some of the parts are in, and then a moment longer."""
    wanted = started_with + chance.randrange(0, PARTS - 1)
    deadline = time.monotonic() + PATIENCE
    while parts(server) <= wanted and worker.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(chance.random() * 0.1)


def kill_postgres(server):
    """kill -9 of the postmaster and of all its children."""
    postmaster = server.cluster.child.pid
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in [postmaster, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    server.cluster.child.wait()
    connections.close_all()
    server.cluster.start()


def finish(server, paths):
    """Give the command again; what a killed worker still holds is waited for."""
    done = command(server, *paths)
    out, err = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0, err
    return json.loads(out)


@pytest.mark.slow
def test_after_ten_kills_everything_is_in_nothing_twice_and_the_record_holds(server, tmp_path):
    SourceFactory(name="killed")
    chance, in_the_middle = random.Random(835), 0
    paths = [tmp_path / f"{number}.835" for number in range(KILLS)]
    for number, path in enumerate(paths):
        path.write_bytes(interchange(*remits(number), control=number + 1))
        before = parts(server)
        worker = command(server, path)
        wait_for_the_middle(server, worker, started_with=before, chance=chance)
        is_running = worker.poll() is None
        if number % 2:
            kill_postgres(server)
        worker.kill()
        worker.communicate()
        in_the_middle += is_running and parts(server) < before + PARTS

    answer, claims = finish(server, paths), KILLS * PARTS * CLAIMS
    assert (answer["claims"], answer["denied_claims"]) == (claims, claims // 4)
    assert in_the_middle >= KILLS // 2, "the kills came too late to show anything"
    assert everything_is_in_once()
    assert verify().is_clean


def everything_is_in_once():
    """Counts of every kind of row that a file leads to."""
    claims = KILLS * PARTS * CLAIMS
    wanted = {
        Message: KILLS,
        MessagePart: KILLS * PARTS,
        Remittance: KILLS * PARTS,
        Claim: claims,
        Claim.history.model: claims,
        RemittedClaim: claims,
        ServiceLine: claims,
        Adjustment: claims,
        Change: claims + KILLS * PARTS,
        Case: claims // 4,
    }
    found = {model: model.objects.count() for model in wanted}
    assert found == wanted
    return True
