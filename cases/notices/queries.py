"""What people should be told and nobody has seen to yet."""

from django.db.models import QuerySet

from billing_portal.accounts.models import User
from cases.notices.models import Notice
from cases.work.visibility import scope_of


def open_for(user: User) -> QuerySet[Notice]:
    """The notices of the queues that somebody may see, newest first, with their queues."""
    return (
        Notice.objects.filter(queue__in=scope_of(user).queues, cleared_at=None)
        .select_related("queue")
        .order_by("-pk")
    )
