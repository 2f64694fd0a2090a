"""What should be told: to a queue's people, and to one person."""

from cases.notices.models.notice import Notice, NoticeKind
from cases.notices.models.notification import Notification, PaceChoice, QuietHours
from cases.notices.vocabulary import MessageKind, Pace

__all__ = [
    "MessageKind",
    "Notice",
    "NoticeKind",
    "Notification",
    "Pace",
    "PaceChoice",
    "QuietHours",
]
