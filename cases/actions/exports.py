"""Taking out more cases than one answer holds: a job writes the file, who asked for it fetches it.

Which cases, and their order, is frozen when it begins. Each step writes some rows beside the file
to be, of the cases that are still in sight; the last one makes the file of them. It can be fetched
for a day, by who asked for it, as long as they may see all that it holds.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from cases.actions.exporting import (
    AMOUNT,
    ExportRefused,
    headings_of,
    in_order,
    record,
    record_names,
    require,
    row_of,
)
from cases.actions.telling import of_job
from cases.jobs import services as jobs
from cases.jobs.kinds import JobKind, Progress
from cases.jobs.models import Job, JobStatus
from cases.views.columns import Column
from cases.views.sheets import CSV, XLSX, Sheet, line_of, rows_of, workbook
from cases.work.models import Case
from cases.work.visibility import scope_of

KIND = "export"
MOST = 100_000
CHUNK = 2_000
KEPT = timedelta(days=1)
NAMES = {"csv": ("cases.csv", CSV), "xlsx": ("cases.xlsx", XLSX)}


class ExportGone(ExportRefused):
    """The file is not made, or is deleted again."""

    code = "export_gone"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that can be fetched."""

    path: str
    filename: str
    content_type: str


@transaction.atomic
def begin(
    *,
    cases: QuerySet[Case],
    order: Sequence[str],
    columns: Sequence[Column],
    query: str,
    by: User,
    kind: str,
    with_names: bool = False,
) -> Job:
    """Freeze the cases of a view and have them written to a file, "csv" or "xlsx"; on record.

    `cases` come from `Case.objects.visible_to(by)`. Raises ExportRefused.
    """
    require(by, with_names=with_names)
    keys = list(cases.order_by(*order).values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        message = f"At most {MOST:,} cases in one file. Narrow the list first."
        raise ExportRefused(message)
    folder = f"exports/{uuid.uuid4()}"
    record(cases=len(keys), query=query, by=by, with_names=with_names)
    return jobs.start(
        kind=KIND,
        parameters={
            "folder": folder,
            "keys": _store(f"{folder}/keys", "\n".join(map(str, keys))),
            "headings": headings_of(columns),
            "kind": kind,
            "query": query,
            "with_names": with_names,
        },
        total=len(keys),
        by=by,
        title=f"Export {len(keys):,} cases",
    )


def step(*, job: Job, at: datetime) -> Progress:
    """The next rows; when none is left, the file. Raises ExportRefused for who may no longer."""
    del at  # what a file says does not depend on when it is written
    given, state = job.parameters, job.state
    require(job.started_by, with_names=given["with_names"])
    reached = state.get("reached", 0)
    keys = _keys(given["keys"])[reached : reached + CHUNK]
    if not keys:
        return _finished(given, state, job)
    cases = in_order(Case.objects.visible_to(job.started_by), keys)
    if given["with_names"]:
        ids = [(case.pk, case.public_id) for case in cases]
        record_names(ids=ids, query=given["query"], by=job.started_by)
    rows = (row_of(each, given["headings"], with_names=given["with_names"]) for each in cases)
    part = _store(f"{given['folder']}/part", "".join(map(line_of, rows)))
    return Progress(
        done=len(keys),
        failed=len(keys) - len(cases),
        state={
            "reached": reached + len(keys),
            "parts": [*state.get("parts", []), part],
            "queues": sorted({*state.get("queues", []), *(each.queue_id for each in cases)}),
            "facilities": sorted(
                {*state.get("facilities", []), *(each.facility_id for each in cases)}
            ),
        },
    )


def ended(job: Job) -> None:
    """Who asked for it is told; what the file was made of is deleted."""
    of_job(job)
    kept = job.state.get("path", "") if job.status == JobStatus.DONE else ""
    transaction.on_commit(partial(_clear, job.parameters["folder"], but=kept))


JOB = JobKind(KIND, "Export cases", step, ended)


@transaction.atomic
def fetch(*, job: Job, by: User, at: datetime) -> Kept:
    """The file of somebody's own export, on record. Permission and sight are asked for again.

    Raises ExportGone, ExportRefused.
    """
    given, state = job.parameters, job.state
    require(by, with_names=given["with_names"])
    scope = scope_of(by)
    if not state.get("path") or job.ended_at is None or job.ended_at + KEPT <= at:
        message = "The file is no longer kept, or not made yet. Export the list again."
        raise ExportGone(message)
    if job.started_by_id != by.pk or not (
        scope.queues.issuperset(state["queues"])
        and scope.facilities.issuperset(state["facilities"])
    ):
        message = "It holds cases that you may no longer see. Export the list again."
        raise ExportRefused(message)
    audit.record(
        chain=f"user:{by.pk}",
        verb="worklist.downloaded",
        subject=f"job:{job.public_id}",
        by=by,
        reason="Downloaded an export",
        sha256=state["sha256"],
        cases=job.done - job.failed,
    )
    return Kept(state["path"], *NAMES[given["kind"]])


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Delete the files that were kept long enough; returns how many."""
    old = Job.objects.filter(kind=KIND, ended_at__lte=at - KEPT, state__has_key="path")
    found = list(old.select_for_update(skip_locked=True).order_by("pk"))
    for job in found:
        jobs.forget(job=job)
        transaction.on_commit(partial(_clear, job.parameters["folder"], but=""))
    return len(found)


def _finished(given: Mapping[str, Any], state: Mapping[str, Any], job: Job) -> Progress:
    filename, _content_type = NAMES[given["kind"]]
    content = _content(given, state.get("parts", []))
    path = default_storage.save(f"{given['folder']}/{filename}", ContentFile(content))
    return Progress(
        state={
            "path": path,
            "sha256": hashlib.sha256(content).hexdigest(),
            "queues": state.get("queues", []),
            "facilities": state.get("facilities", []),
        },
        is_finished=True,
        result={
            "url_name": "cases:export_file",
            "public_id": str(job.public_id),
            "label": "Download the file",
        },
    )


def _content(given: Mapping[str, Any], parts: Sequence[str]) -> bytes:
    headings = given["headings"]
    if given["kind"] == "csv":
        return b"".join([line_of(headings).encode(), *map(_read, parts)])
    amounts = frozenset(place for place, name in enumerate(headings) if name == AMOUNT)
    rows = rows_of(_lines(parts), amounts=amounts)
    return workbook(Sheet(headings, rows)).getvalue()


def _lines(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        yield from StringIO(_read(part).decode(), newline="")


def _keys(path: str) -> list[int]:
    return [int(key) for key in _read(path).split()]


def _read(path: str) -> bytes:
    with default_storage.open(path) as stored:
        return bytes(stored.read())


def _store(path: str, text: str) -> str:
    return default_storage.save(path, ContentFile(text.encode()))


def _clear(folder: str, *, but: str) -> None:
    """Delete what is in a folder; the folder too, unless something stays."""
    with suppress(FileNotFoundError):
        _folders, files = default_storage.listdir(folder)
        for name in files:
            if f"{folder}/{name}" != but:
                default_storage.delete(f"{folder}/{name}")
        if not but:
            default_storage.delete(folder)
