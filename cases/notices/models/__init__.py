"""What should be told: to a queue's people, and to one person."""

from cases.notices.models.notice import Notice, NoticeKind
from cases.notices.models.notification import (
    MessageKind,
    Notification,
    Pace,
    PaceChoice,
    QuietHours,
)

__all__ = [
    "MessageKind",
    "Notice",
    "NoticeKind",
    "Notification",
    "Pace",
    "PaceChoice",
    "QuietHours",
]
