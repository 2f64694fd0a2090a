"""Reads shaped for the operator's pages: messages newest first, what waits for a person and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from integrations.inbox.models import Message, MessageStatus, Quarantined

CAP = 1_000
PAGE = 50


def open_quarantine() -> QuerySet[Quarantined]:
    """The pieces that wait for a person, no more than the cap and one: to be counted."""
    return Quarantined.objects.filter(resolved_at=None).order_by("pk")[: CAP + 1]


def newest(
    *, statuses: Sequence[str] = (), source: str = "", before: int | None = None, size: int = PAGE
) -> list[Message]:
    """A page of messages, newest first, and one more; before a key, if one is given. One query."""
    messages = Message.objects.select_related("source", "received_by")
    if statuses:
        messages = messages.filter(status__in=statuses)
    if source:
        messages = messages.filter(source__name=source)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    return list(messages.order_by("-pk")[: size + 1])


def received_together(correlation_id: str) -> QuerySet[Message]:
    """The messages that one upload or call brought, in the order they came."""
    found = Message.objects.filter(correlation_id=correlation_id)
    return found.select_related("source", "received_by").order_by("pk")


def message_of(correlation_id: str) -> Message | None:
    """The first message of a correlation id, if it names one."""
    if not correlation_id:
        return None
    return received_together(correlation_id).first()


@dataclass(frozen=True, slots=True)
class Cause:
    """Pieces set aside for one reason."""

    code: str
    pieces: int
    messages: int
    example: str
    oldest: Any

    @property
    def words(self) -> str:
        """The reason as a heading."""
        return words_of(self.code)


def words_of(reason_code: str) -> str:
    """A reason code as words: "claim_unbalanced" is "Claim unbalanced"."""
    return reason_code.replace("_", " ").capitalize()


def causes() -> list[Cause]:
    """What waits for a person, by reason, most first. One query."""
    rows = (
        Quarantined.objects.filter(resolved_at=None)
        .order_by()
        .values("reason_code")
        .annotate(
            pieces=Count("pk"),
            messages=Count("message", distinct=True),
            example=Max("reason"),
            oldest=Min("quarantined_at"),
        )
        .order_by("-pieces", "reason_code")
    )
    return [
        Cause(row["reason_code"], row["pieces"], row["messages"], row["example"], row["oldest"])
        for row in rows
    ]


def waiting_for(reason_code: str, *, limit: int = 200) -> list[Quarantined]:
    """The open pieces of one reason, newest first."""
    found = Quarantined.objects.filter(resolved_at=None, reason_code=reason_code)
    return list(found.select_related("message", "message__source").order_by("-pk")[:limit])


def messages_waiting_for(reason_code: str, *, limit: int = 20) -> list[Message]:
    """The oldest messages with an open piece of one reason."""
    found = Message.objects.filter(
        quarantined__resolved_at=None, quarantined__reason_code=reason_code
    )
    return list(found.select_related("source").order_by("pk").distinct()[:limit])


def is_settled(status: str) -> bool:
    """Whether a message has come to an end, good or bad."""
    return status != MessageStatus.RECEIVED
