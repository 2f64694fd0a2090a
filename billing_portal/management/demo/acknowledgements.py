"""What the demo's clearinghouse reported, before they were decided, of claims denied as late.

Of four claims one was rejected at first and accepted the next day, one was accepted, one was only
rejected, and of one nothing is on record: each answer that an appeal for timely filing can get.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from cases.intake.ingesting import IncomingFile, ingest
from cases.types.denial.vocabulary import Category
from cases.work.models import Case
from integrations.canonical.models import Claim, Source

SOURCE = "clearinghouse-reports"
FILENAME = "acknowledgements_demo.277"
REASON = "Part of the demo organisation"
FILED_AFTER = timedelta(days=4)
NEXT_DAY = timedelta(days=1)
ACCEPTED, REJECTED = "A2:20", "A7:562:85"
STORIES: tuple[tuple[str, ...], ...] = ((REJECTED, ACCEPTED), (ACCEPTED,), (REJECTED,), ())


@dataclass(frozen=True, slots=True)
class Told:
    """What was reported of one claim, on one day."""

    claim: Claim
    status: str
    on: date

    @property
    def is_rejected(self) -> bool:
        """Whether it does not count as filed."""
        return self.status == REJECTED


def report(*, by: User, now: datetime) -> None:
    """Take the reports in, by the way of every file. Told again, nothing changes."""
    source, told = _source(by=by), list(_told(_denied_as_late()))
    if told:
        file = IncomingFile(FILENAME, partial(BytesIO, render(told)))
        ingest(source=source, files=[file], by=by, at=now)


def _source(*, by: User) -> Source:
    held = Source.objects.filter(name=SOURCE).first()
    made = held or Source(
        name=SOURCE, label="Clearinghouse, acknowledgements (demo)", connector="x12_277ca"
    )
    if held is None:
        save_because(made, by=by, reason=REASON)
    return made


def _denied_as_late() -> list[Claim]:
    cases = Case.objects.filter(case_type="denial", details__category=Category.TIMELY_FILING)
    late = cases.exclude(claim__service_from=None).select_related("claim__payer").order_by("pk")
    return [case.claim for case in late if case.claim is not None]


def _told(claims: Iterable[Claim]) -> Iterator[Told]:
    for number, claim in enumerate(claims):
        assert claim.service_from is not None  # `_denied_as_late` asks for it
        filed = (claim.service_to or claim.service_from) + FILED_AFTER
        for days, status in enumerate(STORIES[number % len(STORIES)]):
            yield Told(claim, status, filed + days * NEXT_DAY)


def render(told: Iterable[Told]) -> bytes:
    """The reports as a file: one transaction for each payer, provider and day."""
    batches: dict[tuple[str, str, date], list[Told]] = defaultdict(list)
    for each in told:
        key = (each.claim.payer_identifier, each.claim.payee_identifier, each.on)
        batches[key].append(each)
    parties = f"ZZ*{'CLEARINGHOUSE':15}*ZZ*{'ALDERVALLEY':15}"
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*{parties}*260101*0430*^*00501*000000277*0*T*:",
        "GS*HN*CLEARINGHOUSE*ALDERVALLEY*20260101*0430*277*X*005010X214",
    ]
    for number, (key, members) in enumerate(sorted(batches.items()), start=1):
        segments += _transaction(number, key, members)
    segments += [f"GE*{len(batches)}*277", "IEA*1*000000277"]
    return "".join(f"{segment}~\n" for segment in segments).encode("ascii")


def _transaction(number: int, key: tuple[str, str, date], members: list[Told]) -> list[str]:
    payer, payee, on = key
    name = members[0].claim.payer.name.upper()
    day, batch = f"{on:%Y%m%d}", f"DEMO{number:05}"
    body = [
        f"ST*277*{number:04}*005010X214",
        f"BHT*0085*08*{batch}*{day}*0430*TH",
        *("HL*1**20*1", f"NM1*PR*2*{name}*****PI*{payer}", f"TRN*1*{batch}"),
        *(f"DTP*050*D8*{day}", f"DTP*009*D8*{day}"),
        *("HL*2*1*21*1", "NM1*41*2*ALDER VALLEY HEALTH*****46*ALDERVALLEY", f"TRN*2*{batch}"),
        f"STC*A1:19*{day}*WQ*{sum(each.claim.charge for each in members):.2f}",
        *_totals(members),
        *("HL*3*2*19*1", f"NM1*85*2*ALDER VALLEY HEALTH*****XX*{payee}"),
    ]
    for place, each in enumerate(members, start=4):
        body += _claim(place, each, day)
    return [*body, f"SE*{len(body) + 1}*{number:04}"]


def _totals(members: list[Told]) -> Iterator[str]:
    for quantity, amount, is_rejected in (("90", "YU", False), ("AA", "YY", True)):
        found = [each.claim.charge for each in members if each.is_rejected is is_rejected]
        if found:
            yield f"QTY*{quantity}*{len(found)}"
            yield f"AMT*{amount}*{sum(found):.2f}"


def _claim(place: int, each: Told, day: str) -> Iterator[str]:
    claim = each.claim
    service = claim.service_from
    yield f"HL*{place}*3*PT"
    yield "NM1*QC*1*DEMO*PATIENT"
    yield f"TRN*2*{claim.patient_control_number}"
    does, words = ("U", "********NPI NOT ON FILE") if each.is_rejected else ("WQ", "")
    yield f"STC*{each.status}*{day}*{does}*{claim.charge:.2f}{words}"
    yield f"DTP*472*D8*{service:%Y%m%d}"
