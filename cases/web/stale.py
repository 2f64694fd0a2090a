"""A save that came too late, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing_portal.kernel.pure.errors import DomainError
from cases.web.presenters import shown_time

STALE = "stale_version"


@dataclass(frozen=True, slots=True)
class Changed:
    """One field: what was seen, what it is now, what the reader wanted."""

    label: str
    seen: str
    now: str
    yours: str


def is_stale(refusal: DomainError) -> bool:
    """Whether somebody else was first."""
    return refusal.code == STALE


def stale_context(refusal: DomainError) -> dict[str, Any]:
    """What the page needs of the refusal."""
    fields = refusal.fields
    return {
        "seen": fields["seen"],
        "now": fields["current"],
        "differences": [
            Changed(
                each["label"], _words(each["seen"]), _words(each["current"]), _words(each["yours"])
            )
            for each in fields["differences"]
        ],
    }


def _words(value: Any) -> str:
    if value is None:
        return ""
    return shown_time(value) if isinstance(value, datetime) else str(value)
