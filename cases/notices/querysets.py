"""Questions asked of what people are told."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now

from billing_portal.accounts.models import User

if TYPE_CHECKING:
    from cases.notices.models import Notification  # noqa: F401 -- named in the type below


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Reads as sentences: `Notification.objects.told_to(user).open()`."""

    def told_to(self, user: User) -> Self:
        """What one person has been told by now."""
        return self.filter(user=user, not_before__lte=Now())

    def open(self) -> Self:
        """Not yet done with."""
        return self.filter(done_at=None)

    def unread(self) -> Self:
        """Not yet looked at."""
        return self.filter(read_at=None)

    def done(self) -> Self:
        """Done with."""
        return self.exclude(done_at=None)
