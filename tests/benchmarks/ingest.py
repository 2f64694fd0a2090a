"""Intake from file to routed cases, against COPY of the rows that it writes.

Four figures of one run: the first intake against the floor with and without the tables' triggers,
and a second intake that changes nothing against the first one, once of the same bytes and once of
the same content under another control number.
"""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from billing_portal.access.actor import system_actor  # noqa: E402
from billing_portal.embedded.home import PortalHome  # noqa: E402
from cases.intake.ingesting import IncomingFile, ingest  # noqa: E402
from cases.intake.report import ExitCode  # noqa: E402
from integrations.canonical.models import Source  # noqa: E402
from integrations.inbox.models import Message  # noqa: E402
from tests.benchmarks import floor  # noqa: E402
from tests.cluster import DATABASE, TestCluster  # noqa: E402
from tests.factories.integrations import SourceFactory  # noqa: E402
from tests.generators.x12_835 import Order, chunks  # noqa: E402

CLAIMS, RUNS, TARGET, AGAIN = 50_000, 3, 3.0, 0.2
PREPARED, FLOOR = "portal_prepared", "portal_floor"
ACTORS = ("ingest", "detection", "routing", "tests")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one round, and how many rows the first intake wrote.

    `applied`: when the first intake's records stood, before detection.
    """

    first: float
    applied: float
    again: float
    disguised: float
    guarded: float
    bare: float
    rows: int


class Bench:
    """One server, and the files to take in."""

    def __init__(self, folder: Path, claims: int) -> None:
        folder.chmod(0o711)
        self.server = TestCluster(PortalHome(folder))
        self.folder, self.claims = folder, claims
        self.first = self.write(Order(claims), "first.835")
        self.disguised = self.write(Order(claims, control=77), "disguised.835")

    def write(self, order: Order, name: str) -> Path:
        """A generated file."""
        path = self.folder / name
        with path.open("wb") as file:
            file.writelines(chunks(order))
        return path

    def prepare(self) -> dict[str, int]:
        """A fresh database with a source and the actors; returns its newest keys."""
        self.server.renew()
        for name in ACTORS:
            system_actor(name)
        SourceFactory()
        connections.close_all()
        self.copy(DATABASE, PREPARED)
        return floor.newest_keys(self.server.cluster.admin_url(PREPARED))

    def copy(self, template: str, name: str) -> str:
        """A copy of a database under another name."""
        self.server.cluster.drop_database(name)
        self.server.cluster.create_database(name, template=template)
        return name

    def take_in(self, path: Path, *, is_new: bool) -> float:
        """Seconds from file to routed cases; asserts that everything went in, or nothing did."""
        source, by = Source.objects.get(), system_actor("ingest")
        started = time.perf_counter()
        report = ingest(
            source=source,
            files=[IncomingFile(path.name, lambda: path.open("rb"))],
            by=by,
            at=timezone.now(),
        )
        seconds = time.perf_counter() - started
        assert report.totals.claims == self.claims
        assert report.totals.duplicates == (0 if is_new else self.claims)
        assert bool(report.cases.opened) is is_new
        assert report.exit_code == ExitCode.ALL_IN
        return seconds

    def measure(self) -> Measured:
        """One round: in, again, in disguise, and the floor of what the first one wrote."""
        before, cluster = self.prepare(), self.server.cluster
        started = timezone.now()
        first = self.take_in(self.first, is_new=True)
        applied = (Message.objects.get().applied_at - started).total_seconds()
        with floor.added_rows(cluster.admin_url(DATABASE), before) as rows:
            again = self.take_in(self.first, is_new=False)
            disguised = self.take_in(self.disguised, is_new=False)
            connections.close_all()
            guarded = floor.fill(
                cluster.app_url(self.copy(PREPARED, FLOOR)), rows, with_triggers=True
            )
            bare = floor.fill(
                cluster.admin_url(self.copy(PREPARED, FLOOR)), rows, with_triggers=False
            )
            count = sum(each.count for each in rows)
            return Measured(first, applied, again, disguised, guarded, bare, count)


def run() -> list[dict[str, object]]:
    """Medians of each round's ratios."""
    claims = int(os.environ.get("BENCH_CLAIMS", CLAIMS))
    rounds = int(os.environ.get("BENCH_RUNS", RUNS))
    with tempfile.TemporaryDirectory(prefix="bp-bench-") as folder:
        bench = Bench(Path(folder), claims)
        try:
            measured = [bench.measure() for _ in range(rounds)]
        finally:
            bench.server.remove()
    return [
        result("ingest", "COPY of the same rows", TARGET, [m.first / m.guarded for m in measured])
        | {"detail": detail(claims, measured)},
        result(
            "ingest_floor_without_triggers",
            "COPY of the same rows, triggers and foreign keys off",
            None,
            [m.first / m.bare for m in measured],
        ),
        result("ingest_again", "the first intake", AGAIN, [m.again / m.first for m in measured])
        | {"detail": "the same bytes"},
        result(
            "ingest_again_disguised",
            "the first intake",
            AGAIN,
            [m.disguised / m.first for m in measured],
        )
        | {"detail": "the same content under another control number: read whole, not written"},
    ]


def result(name: str, against: str, target: float | None, ratios: list[float]) -> dict[str, object]:
    """One line of `make bench`."""
    return {
        "name": name,
        "ratio": round(median(ratios), 3),
        "against": against,
        "target": "" if target is None else f"<= {target}",
        "runs": len(ratios),
        "detail": "",
    }


def detail(claims: int, measured: list[Measured]) -> str:
    """What was written, and how fast."""
    seconds = median(m.first for m in measured)
    applied = median(m.applied / m.first for m in measured)
    return (
        f"{claims:,} claims, {measured[0].rows:,} rows, {claims / seconds:,.0f} claims/s;"
        f" {applied:.0%} stored, read and applied, {1 - applied:.0%} detected, opened and routed"
    )
