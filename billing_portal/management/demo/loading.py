"""Plays the demo's ninety days: files come in as of their days, and people work what they open.

Broken off, it goes on where it stopped: the day and the size it began with are on record, files
taken in are held already, and people take up what is untouched.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from enum import StrEnum
from functools import partial
from io import BytesIO
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.management.demo import (
    acknowledgements,
    approvals,
    banking,
    leading,
    lists,
    overpayments,
    purchases,
    teamwork,
)
from billing_portal.management.demo.appeals import appeal, know_payers
from billing_portal.management.demo.arranging import REASON, SOURCE, arrange
from billing_portal.management.demo.claims import SEED, Size
from billing_portal.management.demo.oddities import Drop, drops
from billing_portal.management.demo.staff import Staff
from cases.actions.returning import return_deferred
from cases.intake.ingesting import IncomingFile, ingest
from cases.priority.services import count_ranks, count_rates
from cases.work.models import Case
from cases.work.services import fold_counts
from integrations.canonical.models import Claim, Source
from integrations.inbox.models import Message

CHAIN = f"source:{SOURCE}"
BEGUN, LOADED = "demo.begun", "demo.loaded"
MORNING = clock(6, 15)
STAGES = 6


class HoldsRealData(DomainError):
    """The database holds something that is not the demo's."""

    code = "holds_real_data"


class Standing(StrEnum):
    """How far a database is a demo."""

    EMPTY = "empty"
    BEGUN = "begun"
    LOADED = "loaded"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Played:
    """What was loaded."""

    size: str
    as_of: str
    files: int
    claims: int
    cases: int
    open_cases: int
    acts: int
    oddities: dict[str, str]

    def as_json(self) -> dict[str, object]:
        """For the report."""
        return asdict(self)


def standing() -> Standing:
    """What this database holds."""
    told = set(AuditEvent.objects.filter(chain=CHAIN).values_list("verb", flat=True))
    if LOADED in told:
        return Standing.LOADED
    if BEGUN in told:
        return Standing.BEGUN
    holds = any(model.objects.exists() for model in (Source, Message, Claim, Case))
    return Standing.FOREIGN if holds else Standing.EMPTY


def begun() -> dict[str, str]:
    """The day and the size that the demo here was begun with."""
    event = AuditEvent.objects.filter(chain=CHAIN, verb=BEGUN).order_by("seq").first()
    return json.loads(event.body) if event else {}


def load(*, size: Size, now: datetime, tell: Callable[[str], None]) -> Played:
    """Make the demo, or go on making it. Raises HoldsRealData; then nothing is written."""
    stands = standing()
    if stands is Standing.FOREIGN:
        raise HoldsRealData(
            "This database holds data that are not the demo's. The demo needs one of its own:"
            " set PORTAL_HOME or DATABASE_URL to another place."
        )
    by = system_actor("demo")
    zone = ZoneInfo(settings.SITE_TIME_ZONE)
    as_of = house_day(now)
    if stands is Standing.EMPTY:
        _record(BEGUN, by=by, size=str(size), as_of=as_of.isoformat(), seed=SEED)
    held = begun()
    size, as_of = Size(held["size"]), date.fromisoformat(held["as_of"])
    tell("people, sites and payers")
    source = arrange(by=by)
    every = drops(as_of=as_of, size=size)
    staff = _play(every, source=source, now=now, zone=zone, tell=tell)
    leading.play(by=by, now=now, today=house_day(now))
    lists.play(now=now)
    while fold_counts():
        pass
    played = Played(
        size=str(size),
        as_of=as_of.isoformat(),
        files=len(every),
        claims=Claim.objects.count(),
        cases=Case.objects.count(),
        open_cases=Case.objects.open().count(),
        acts=staff.done,
        oddities={drop.name: drop.oddity for drop in every if drop.oddity},
    )
    _record(LOADED, by=by, **played.as_json())
    return played


def _play(
    every: list[Drop], *, source: Source, now: datetime, zone: ZoneInfo, tell: Callable[[str], None]
) -> Staff:
    """The ninety days, one morning's files after the other."""
    archive, by = archive_of(source), system_actor("ingest")
    archive.mkdir(parents=True, exist_ok=True)
    staff = Staff(time_zone=zone.key, now=now)
    taken, told = 0, 1
    arrives = partial(_arrival, now=now, zone=zone)
    for at, arrived in groupby(every, key=arrives):
        morning = list(arrived)
        staff.work(until=at)
        return_deferred(at=at)
        files = [IncomingFile(drop.name, partial(BytesIO, drop.data)) for drop in morning]
        ingest(source=source, files=files, by=by, at=at)
        for drop in morning:
            (archive / drop.name).write_bytes(drop.data)
        staff.take_notice(at=at)
        taken += len(morning)
        if taken >= told * len(every) / STAGES:
            told += 1
            tell(f"{at.astimezone(zone):%B %d}: {taken} of {len(every)} files")
    staff.work(until=now)
    teamwork.share(at=now)
    know_payers(by=system_actor("demo"))
    _other_sources(by=by, now=now)
    appeal(now=now)
    approvals.ask(now=now)
    staff.go_home()
    return_deferred(at=now)
    count_rates()
    count_ranks(at=now)
    while fold_counts():
        pass
    return staff


def _other_sources(*, by: User, now: datetime) -> None:
    """What comes from elsewhere than the clearinghouse."""
    acknowledgements.report(by=by, now=now)
    overpayments.state(by=by, now=now)
    purchases.buy(by=by, now=now)
    banking.bank(by=by, now=now)


def archive_of(source: Source) -> Path:
    """Where a polled folder keeps what was taken in."""
    return Path(settings.PORTAL_HOME) / source.folder / "archive"


def _arrival(drop: Drop, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The morning after it was produced; never later than now."""
    morning = datetime.combine(drop.produced_on + timedelta(days=1), MORNING, tzinfo=zone)
    return min(morning.astimezone(now.tzinfo), now)


def _record(verb: str, *, by: User, **facts: object) -> None:
    audit.record(chain=CHAIN, verb=verb, subject=CHAIN, by=by, reason=REASON, **facts)
