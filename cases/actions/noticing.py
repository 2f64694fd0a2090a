"""Saying that a notice is seen to."""

from datetime import datetime

from billing_portal.accounts.models import User
from cases.notices import services as notices
from cases.notices.models import Notice


def clear(*, notice: Notice, by: User, at: datetime, reason: str = notices.SEEN_TO) -> Notice:
    """See to a notice and say how; done twice is done once.

    Raises MayNotWork for who does not work its queue.

    Doors take the notice from `cases.notices.queries.open_for`.
    """
    return notices.clear(notice=notice, by=by, at=at, reason=reason)
