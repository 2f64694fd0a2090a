"""A saved view: a worklist's address without its page, under a name."""

from typing import Self

from django.contrib.auth.models import Group
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import is_choice


class Sharing(models.TextChoices):
    """Who sees a saved view."""

    PRIVATE = "private", "Only me"
    TEAM = "team", "Everybody of a team"
    ROLE = "role", "A team's default: what it sees first"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Questions asked of saved views."""

    def visible_to(self, user: User) -> Self:
        """One's own, and those of one's groups, in their order."""
        shared = Q(group__in=user.groups.order_by().values("pk"))
        return self.filter(Q(owner=user) | shared).order_by("position", "pk")


class SavedView(models.Model):
    """What narrows and orders one list, and which columns it shows.

    `path` is the list's, `query` its address without the page. `columns` are keys; none: the usual.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    name = models.TextField()
    path = models.TextField()
    query = models.TextField()
    columns = models.JSONField(default=list)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="views")
    sharing = models.TextField(choices=Sharing.choices, default=Sharing.PRIVATE)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="+")
    position = models.PositiveIntegerField(default=100)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("sharing", Sharing), name="savedview_sharing"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="savedview_name"),
            models.CheckConstraint(
                condition=Q(sharing=Sharing.PRIVATE, group__isnull=True)
                | (~Q(sharing=Sharing.PRIVATE) & Q(group__isnull=False)),
                name="savedview_group_iff_shared",
            ),
            models.UniqueConstraint(
                fields=["group", "path"], condition=Q(sharing="role"), name="savedview_one_default"
            ),
        ]
        indexes = [models.Index(fields=["owner", "path"], name="savedview_of_owner")]

    def __str__(self) -> str:
        return self.name
