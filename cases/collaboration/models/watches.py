"""Who wants to know what becomes of a case."""

from django.db import models
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from cases.work.models import Case


class Watch(models.Model):
    """One person watches one case. Its beginning and end stand in the case's audit chain."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watches", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watches")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.case_id}"
