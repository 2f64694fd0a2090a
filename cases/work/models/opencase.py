"""The open cases once more, narrow: what worklists count."""

from typing import Self

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import money_field
from cases.work.models.case import Case
from cases.work.models.queue import Queue
from cases.work.sets import any_id
from cases.work.visibility import scope_of
from integrations.canonical.models import Facility


class OpenCaseQuerySet(models.QuerySet["OpenCase"]):
    """The same words as of cases."""

    def visible_to(self, user: User) -> Self:
        """Whose queue and facility the user's groups were both granted."""
        scope = scope_of(user)
        return self.filter(queue=any_id(scope.queues), facility=any_id(scope.facilities))


class OpenCase(models.Model):
    """What a worklist counts an open case by; kept by a trigger on the case.

    The case's own columns, by their own names, so that a condition means the same of both. Narrow
    and only as many rows as there is work: a thousand of them stand on a few pages, which a count
    sees to be whole without looking at the cases, however many there were.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="as_open"
    )
    queue = models.ForeignKey(
        Queue, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    facility = models.ForeignKey(
        Facility, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    owner = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    amount_at_risk = money_field()
    first_touch_due_at = models.DateTimeField()
    first_touched_at = models.DateTimeField(null=True)
    resolve_due_at = models.DateTimeField()

    objects = OpenCaseQuerySet.as_manager()

    class Meta:
        db_table = "cases_opencase"
        indexes = [
            models.Index(
                fields=["queue", "resolve_due_at"],
                include=["facility", "owner"],
                name="opencase_by_due",
            ),
            models.Index(
                fields=["queue", "amount_at_risk"], include=["facility"], name="opencase_by_amount"
            ),
            models.Index(
                fields=["queue", "first_touch_due_at"],
                include=["facility", "resolve_due_at"],
                condition=Q(first_touched_at__isnull=True),
                name="opencase_untouched",
            ),
            models.Index(
                fields=["owner", "queue"],
                include=["facility"],
                condition=Q(owner__isnull=False),
                name="opencase_mine",
            ),
        ]

    def __str__(self) -> str:
        return f"open case {self.case_id}"
