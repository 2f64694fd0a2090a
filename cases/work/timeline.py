"""Everything that happened to a case, newest first, as one stream.

Changes come from its history, with their differences in words; notes, files, ticked steps and
routing decisions from their rows; links, labels, watches and who looked, from the audit chain. The
number of queries does not depend on how much happened.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from billing_portal.audit.models import AuditEvent
from cases.work.lifecycle import Verb
from cases.work.models import Case, NoteKind
from cases.work.steps import steps_of
from cases.work.words import LABELS, Difference, Names, differences, named_values

LOOKS = {
    "case.viewed": "Opened the case",
    "approval.viewed": "Opened its request for approval",
    "case.patient_revealed": "Revealed the patient",
    "case.exported": "Exported the case",
    "case.downloaded": "Downloaded a file",
}
BESIDE = {
    "appeal.opened": "Began an appeal",
    "appeal.edit": "Changed the appeal",
    "appeal.review": "Gave the appeal to review",
    "appeal.send_back": "Sent the appeal back",
    "appeal.attested": "Attested the appeal’s letter",
    "appeal.attest": "Built the appeal’s packet",
    "appeal.submit": "Sent the appeal",
    "appeal.acknowledge": "Payer acknowledged the appeal",
    "appeal.consider": "Payer took the appeal up",
    "appeal.ask": "Payer wants more for the appeal",
    "appeal.decide": "Appeal decided",
    "appeal.withdraw": "Withdrew the appeal",
    "approval.asked": "Asked for approval",
    "approval.asked_again": "Asked for approval again",
    "approval.approve": "Approved",
    "approval.reject": "Rejected",
    "approval.return": "Returned for information",
    "approval.withdrawn": "Took the request back",
    "approval.voided": "Request void: the case changed",
    "approval.forwarded": "Asked a colleague to decide",
    "approval.escalated": "Escalated the request",
    "approval.settled": "What was approved is done",
    "recourse.sent": "Took another way",
    "recourse.done": "Other way done",
    "recourse.pending": "Requested a write-off",
    "recourse.withdrawn": "Gave another way up",
}
"""What is done about a case beside its row, by the name under which its chain keeps it."""
SHARED = {
    "case.linked": "Linked it to {other}",
    "case.unlinked": "Took the link to {other} away",
    "case.labelled": "Changed its labels",
    "case.watched": "Watches it",
    "case.unwatched": "Watches it no longer",
}
"""What people share around a case, by the same."""
MOVE_PREFIX = "case."
OPENED = "Opened"


class EntryKind(StrEnum):
    """What an entry tells of."""

    CHANGE = "change"
    NOTE = "note"
    FILE = "file"
    STEP = "step"
    ROUTING = "routing"
    ACCESS = "access"
    CLOCK = "clock"
    APPEAL = "appeal"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, by whom, in words, and why.

    `differences` are a change's columns; `facts` what else belongs to its kind: a note's number,
    text and payer reference, a file's id, name and size, a routing's queue, rule, version and facts
    seen.
    """

    at: datetime
    kind: EntryKind
    actor: str
    is_person: bool
    words: str
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def timeline(case: Case, *, with_looks: bool = True) -> list[Entry]:
    """All that happened to a case, newest first; `with_looks` also who opened and revealed it."""
    events = list(
        AuditEvent.objects.filter(chain=f"case:{case.pk}").select_related("actor").order_by("seq")
    )
    entries = [*_changes(case, events), *_notes(case), *_files(case), *_steps(case)]
    entries += _routings(case)
    entries += _told(events, BESIDE, EntryKind.APPEAL)
    entries += _told(events, SHARED, EntryKind.SHARED)
    if with_looks:
        entries += _told(events, LOOKS, EntryKind.ACCESS)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def latest(case: Case, *, limit: int) -> list[Entry]:
    """The newest things that were done to a case; who looked at it is left out."""
    return timeline(case, with_looks=False)[:limit]


def _changes(case: Case, events: Sequence[AuditEvent]) -> Iterator[Entry]:
    """Each version against the one before it, oldest first."""
    rows = list(case.history.select_related("history_user").order_by("history_id"))
    states = [{column: getattr(row, column) for column in LABELS} for row in rows]
    names = Names(named_values(*states))
    verbs = _verbs_by_version(events)
    pairs = pairwise([{}, *states])
    for row, (old, new) in zip(rows, pairs, strict=True):
        verb = verbs.get(row.version)
        yield Entry(
            at=row.history_date,
            kind=EntryKind.CHANGE,
            actor=str(row.history_user),
            is_person=row.history_user.is_person,
            words=(verb.label if verb else "Changed") if old else OPENED,
            reason=row.history_change_reason,
            differences=tuple(differences(old, new, names)) if old else (),
        )


def _verbs_by_version(events: Sequence[AuditEvent]) -> dict[int, Verb]:
    """Which verb made each version of a case, from the audit chain."""
    known = {f"{MOVE_PREFIX}{verb.value}": verb for verb in Verb}
    return {
        json.loads(event.body).get("version"): known[event.verb]
        for event in events
        if event.verb in known
    }


def _notes(case: Case) -> Iterator[Entry]:
    for note in case.notes.select_related("author").order_by("pk"):
        yield Entry(
            at=note.written_at,
            kind=EntryKind.NOTE,
            actor=str(note.author),
            is_person=note.author.is_person,
            words=str(NoteKind(note.kind).label),
            facts={
                "note": note.pk,
                "text": note.text,
                "note_kind": note.kind,
                "payer_reference": note.payer_reference,
                "outcome": note.outcome,
                "spoken_to": note.spoken_to,
                "phone": note.phone,
                "call_back_on": note.call_back_on,
            },
        )


def _files(case: Case) -> Iterator[Entry]:
    for file in case.attachments.select_related("attached_by").order_by("pk"):
        yield Entry(
            at=file.attached_at,
            kind=EntryKind.FILE,
            actor=str(file.attached_by),
            is_person=file.attached_by.is_person,
            words="File attached",
            facts={
                "public_id": str(file.public_id),
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "sha256": file.sha256,
            },
        )


def _steps(case: Case) -> Iterator[Entry]:
    words = {step.key: step.words for step in steps_of(case)}
    for mark in case.step_marks.select_related("marked_by").order_by("pk"):
        yield Entry(
            at=mark.marked_at,
            kind=EntryKind.STEP,
            actor=str(mark.marked_by),
            is_person=mark.marked_by.is_person,
            words="Step done" if mark.is_done else "Step open again",
            facts={"step": mark.step, "text": words.get(mark.step, mark.step)},
        )


def _routings(case: Case) -> Iterator[Entry]:
    for decision in case.routing_decisions.select_related("rule", "queue").order_by("pk"):
        rule = decision.rule
        yield Entry(
            at=decision.decided_at,
            kind=EntryKind.ROUTING,
            actor="Routing",
            is_person=False,
            words=f"Routed to {decision.queue}",
            reason=f"{rule}, version {decision.rule_version}" if rule else "No rule matched",
            facts={
                "queue": decision.queue.key,
                "rule": rule.key if rule else None,
                "rule_version": decision.rule_version,
                "facts": decision.facts,
            },
        )


def _told(
    events: Sequence[AuditEvent], words: Mapping[str, str], kind: EntryKind
) -> Iterator[Entry]:
    """What the audit chain alone keeps."""
    for event in events:
        if event.verb in words:
            yield Entry(
                at=event.at,
                kind=kind,
                actor=str(event.actor),
                is_person=event.actor.is_person,
                words=words[event.verb].format(other=json.loads(event.body).get("other", "")),
                reason=event.reason,
            )
