"""What happened to a case, as its page tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Value
from django.urls import reverse
from django.utils.formats import date_format

from billing_portal.accounts.models import User
from cases.collaboration.mentions import names_in
from cases.sla.queries import entries
from cases.web.presenters import shown_time
from cases.work.models import Case, Note, NoteOutcome
from cases.work.timeline import Entry, EntryKind, timeline
from cases.work.words import NOTHING, Difference

ICONS = {
    EntryKind.CHANGE: "pencil",
    EntryKind.NOTE: "chat-bubble-left",
    EntryKind.FILE: "paper-clip",
    EntryKind.STEP: "check",
    EntryKind.ROUTING: "bolt",
    EntryKind.ACCESS: "eye",
    EntryKind.CLOCK: "clock",
    EntryKind.APPEAL: "scale",
    EntryKind.SHARED: "user-group",
}
NOTE = "note-"
"""Begins the anchor of a note on its case's page."""
KINDS = {"work": "Work", "people": "People", "system": "System", "access": "Access"}


@dataclass(frozen=True, slots=True)
class Change:
    """One field, from and to."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened."""

    at: datetime
    actor: str
    words: str
    icon: str
    is_said: bool = False
    text: str = ""
    reference: str = ""
    reason: str = ""
    link: str = ""
    changes: tuple[Change, ...] = ()
    anchor: str = ""
    is_to_reader: bool = False


def told(case: Case, *, kind: str, reader: User) -> list[Told]:
    """The entries of one kind, newest first; notes that name the reader say so."""
    found = [*timeline(case, with_looks=kind == "access"), *entries(case)]
    newest = sorted(found, key=lambda entry: entry.at, reverse=True)
    return [as_told(entry, reader) for entry in newest if belongs(entry, kind)]


def belongs(entry: Entry, kind: str) -> bool:
    """Whether an entry is of a kind that the reader may choose."""
    is_look = entry.kind is EntryKind.ACCESS
    if kind == "access":
        return is_look
    if kind == "people":
        return entry.is_person and not is_look
    return not is_look and (kind != "system" or not entry.is_person)


def as_told(entry: Entry, reader: User) -> Told:
    """One entry in words."""
    facts = entry.facts
    return Told(
        at=entry.at,
        actor=entry.actor,
        words=entry.words,
        icon=ICONS[entry.kind],
        is_said=entry.kind is EntryKind.NOTE,
        text=str(facts.get("text") or facts.get("filename") or ""),
        reference=" · ".join(referred(facts)),
        reason="" if entry.reason.rstrip(".") == entry.words else entry.reason,
        link=reverse("cases:attachment", args=[facts["public_id"]])
        if entry.kind is EntryKind.FILE
        else "",
        changes=tuple(change_of(each) for each in entry.differences),
        anchor=f"{NOTE}{facts['note']}" if entry.kind is EntryKind.NOTE else "",
        is_to_reader=entry.kind is EntryKind.NOTE and names(facts["text"], reader),
    )


def names(text: str, reader: User) -> bool:
    """Whether a note's text names somebody."""
    return reader.username.lower() in names_in(text)


def referred(facts: Mapping[str, Any]) -> Iterator[str]:
    """What a note keeps beside its text."""
    outcome, on = facts.get("outcome"), facts.get("call_back_on")
    for label, value in (
        ("Payer’s reference", facts.get("payer_reference")),
        ("Spoke to", facts.get("spoken_to")),
        ("at", facts.get("phone")),
        ("Call again", date_format(on, "M j, Y") if on else ""),
    ):
        if value:
            yield f"{label} {value}"
    if outcome:
        yield str(NoteOutcome(outcome).label)


def change_of(difference: Difference) -> Change:
    """One field in words; times in the reader's zone."""
    return Change(difference.label, _shown(difference.old), _shown(difference.new))


def _shown(value: Any) -> str:
    if value == NOTHING:
        return ""
    return shown_time(value) if isinstance(value, datetime) else str(value)


def latest(case: Case, *, limit: int = 4) -> list[Told]:
    """The newest changes and notes of a case. One query."""
    notes = Note.objects.filter(case=case).values_list(
        "written_at", "author__full_name", Value("Commented"), "text"
    )
    changes = case.history.values_list(
        "history_date", "history_user__full_name", Value("Changed"), "history_change_reason"
    )
    found = notes.union(changes, all=True).order_by("-written_at")[:limit]
    return [Told(at, actor, words, "pencil", text=text) for at, actor, words, text in found]
