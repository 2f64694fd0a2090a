"""The only writers of what people are told."""

from cases.notices.services.noticing import SEEN_TO, Draft, clear, raise_many
from cases.notices.services.telling import Message, mark_done, mark_open, mark_read, notify_many
from cases.notices.services.wishing import HoursRefused, WishesChanged, wish

__all__ = [
    "SEEN_TO",
    "Draft",
    "HoursRefused",
    "Message",
    "WishesChanged",
    "clear",
    "mark_done",
    "mark_open",
    "mark_read",
    "notify_many",
    "raise_many",
    "wish",
]
