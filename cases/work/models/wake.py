"""What brings a sleeping case back before its date."""

from django.db import models

from billing_portal.kernel.models.bases import is_choice
from cases.work.models.case import Case


class WakeEvent(models.TextChoices):
    """What a deferred case may wait for, besides a date."""

    PAYER = "payer", "The payer answers"
    REMITTANCE = "remittance", "A new remittance names the claim"
    DOCUMENT = "document", "A document is attached"
    LINKED = "linked", "No linked case is open any more"


class Wake(models.Model):
    """The event that one deferral ends with, and what had happened by then.

    It belongs to the deferral until `until`; of another one it says nothing.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="wake"
    )
    event = models.TextField(choices=WakeEvent.choices)
    until = models.DateTimeField()
    adjudications_seen = models.BigIntegerField(default=0)
    notes_seen = models.BigIntegerField(default=0)
    files_seen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("event", WakeEvent), name="wake_event")
        ]

    def __str__(self) -> str:
        return WakeEvent(self.event).label
