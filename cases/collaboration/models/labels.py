"""Labels: a team's own words for what its cases have in common."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.collaboration.vocabulary import Tone
from cases.work.models import Case


class Label(TimestampedModel):
    """One word of one team, as queues name it; without a team, of everybody."""

    key = models.SlugField(unique=True)
    name = models.TextField()
    team = models.TextField(
        default="", blank=True, help_text="As the queue names its team; empty: every team's."
    )
    tone = models.TextField(choices=Tone.choices, default=Tone.PLAIN)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("tone", Tone), name="label_tone"),
            models.CheckConstraint(condition=~Q(name=""), name="label_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseLabel(models.Model):
    """A label on a case. Putting it on and taking it off stand in the case's audit chain."""

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="labellings", db_index=False
    )
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="uses")
    put_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    put_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "label"], name="caselabel_once")]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.case_id}"
