"""Building the house: `build(server, database, size=…, seed=…, at=…)`."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from billing_portal.embedded.postgres import Cluster
from cases.work.models import Case
from integrations.canonical.models import Claim, Patient
from tests.generators.house_of_cases import proof, rows
from tests.generators.house_of_cases.lives import draw_lives
from tests.generators.house_of_cases.loading import Loader
from tests.generators.house_of_cases.people import House, furnish

BYTES_PER_CASE = 14_000
"""Rows, indexes, temporary tables and the write-ahead log, while it is being built."""
SEED = 1


class DiskTooSmall(SystemExit):
    """There is no room for that many cases."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was made, and in how many seconds each part of it."""

    cases: int
    events: int
    seconds: dict[str, float]
    bytes: int


def build(cluster: Cluster, database: str, *, size: int, at: datetime, seed: int = SEED) -> Built:
    """Make `size` cases in a migrated database that Django's default connection points at.

    The same for the same seed and moment. Ends with the proof that the record is whole: every audit
    chain verified, every history equal to its row, every reference held. Raises DiskTooSmall before
    it writes anything, AssertionError when the proof fails.
    """
    require_disk(cluster, size)
    house = furnish()
    connections.close_all()
    clock = Clock()
    with Loader.open(cluster.admin_url(database)) as loader:
        events = fill(loader, house, clock, size=size, at=at, seed=seed)
        loader.advance_sequences(list(rows.TABLES))
    with Loader.open(cluster.admin_url(database)) as loader:
        loader.connection.commit()
        loader.connection.autocommit = True
        with clock.part("analyze"):
            loader.run("RESET ROLE")
            loader.run("VACUUM (ANALYZE)")
        with clock.part("proof"):
            proof.prove(loader, cases=size)
        used = loader.value("SELECT pg_database_size(current_database())")
    return Built(size, events, clock.seconds, used)


def require_disk(cluster: Cluster, size: int) -> None:
    """Whether the disk holds the rows, their indexes and the log of writing them."""
    free = shutil.disk_usage(cluster.data).free
    if free < size * BYTES_PER_CASE:
        raise DiskTooSmall(
            f"{size:,} cases need about {size * BYTES_PER_CASE / 1e9:.1f} GB under {cluster.data};"
            f" {free / 1e9:.1f} GB are free. Free some, or set TMPDIR to a larger disk."
        )


class Clock:
    """How long each part took; said as it goes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """One part of the work."""
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 1)
        sys.stderr.write(f"  {name} {self.seconds[name]} s\n")
        sys.stderr.flush()


def fill(loader: Loader, house: House, clock: Clock, *, size: int, at: datetime, seed: int) -> int:
    """Every table, in the order in which rows refer to each other; how many audit events."""
    patients = loader.newest(Patient)
    with clock.part("lives"):
        draw_lives(
            loader,
            house,
            size=size,
            seed=seed,
            at=at,
            cases=loader.newest(Case),
            claims=loader.newest(Claim),
        )
    with loader.without_indexes(list(rows.TABLES)):
        with clock.part("claims"):
            rows.write_patients(loader, house, at)
            rows.write_claims(loader, house, at, patients)
        with clock.part("cases"):
            rows.write_cases(loader)
            rows.write_counts(loader)
            rows.write_open_cases(loader)
            rows.write_ranks(loader)
        with clock.part("traces"):
            rows.write_traces(loader, house)
            rows.write_work(loader, at)
        with clock.part("chains"):
            events = rows.write_chains(loader)
    return events
