"""Reads shaped for the operator's pages: messages newest first, what waits for a person and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from integrations.outbox.models import OutboxMessage

CAP = 1_000
PAGE = 50
AT_ONCE = 200


def newest(
    *,
    states: Sequence[str] = (),
    destination: str = "",
    before: int | None = None,
    size: int = PAGE,
) -> list[OutboxMessage]:
    """A page of messages, newest first, and one more; before a key, if one is given. One query."""
    messages = OutboxMessage.objects.select_related("destination")
    if states:
        messages = messages.filter(state__in=states)
    if destination:
        messages = messages.filter(destination__name=destination)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    return list(messages.order_by("-pk")[: size + 1])


def waiting() -> QuerySet[OutboxMessage]:
    """The messages that wait for a person, no more than the cap and one: to be counted."""
    return OutboxMessage.objects.for_a_person().order_by("pk")[: CAP + 1]


@dataclass(frozen=True, slots=True)
class Cause:
    """Messages that wait for a person for one reason. `oldest` is when the first was asked for."""

    code: str
    messages: int
    example: str
    oldest: datetime

    @property
    def words(self) -> str:
        """The reason as a heading."""
        return words_of(self.code)


def words_of(code: str) -> str:
    """A code as words: "period_closed" is "Period closed"."""
    return code.replace("_", " ").capitalize()


def causes() -> list[Cause]:
    """What waits for a person, by reason, most first. One query."""
    rows = (
        OutboxMessage.objects.for_a_person()
        .order_by()
        .values("code")
        .annotate(messages=Count("pk"), example=Max("words"), oldest=Min("added_at"))
        .order_by("-messages", "code")
    )
    return [Cause(row["code"], row["messages"], row["example"], row["oldest"]) for row in rows]


def waiting_for(code: str, *, limit: int = AT_ONCE) -> list[OutboxMessage]:
    """The messages that wait for one reason, the oldest first."""
    found = OutboxMessage.objects.for_a_person().filter(code=code)
    return list(found.select_related("destination").order_by("pk")[:limit])
