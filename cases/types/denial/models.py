"""The adjustment-code maps.

Reference data in this project's own words, effective-dated, editable.
"""

from django.db import models

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.dated import is_period, once_at_a_time
from billing_portal.kernel.models.history import History
from cases.types.denial.vocabulary import Appealable, Category
from cases.work.models import Queue


class AdjustmentCode(TimestampedModel):
    """What a claim adjustment reason code (CARC) means to us in a period.

    An open end is NULL; an end is exclusive. Only code numbers are standard; the words are ours.
    """

    code = models.TextField()
    words = models.TextField()
    category = models.TextField(choices=Category.choices)
    is_denial = models.BooleanField()
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    first_action = models.TextField()
    appealable = models.TextField(choices=Appealable.choices)
    preventable_stage = models.TextField(default="none")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("category", Category), name="adjustmentcode_category"
            ),
            models.CheckConstraint(
                condition=is_choice("appealable", Appealable), name="adjustmentcode_appealable"
            ),
            is_period("adjustmentcode_period"),
            once_at_a_time(
                "adjustmentcode_once_at_a_time", "code", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RemarkCode(TimestampedModel):
    """What a remittance advice remark code (RARC) adds; an alert never makes a denial."""

    code = models.TextField()
    words = models.TextField()
    is_alert = models.BooleanField()
    category = models.TextField(choices=Category.choices)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    first_action = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("category", Category), name="remarkcode_category"
            ),
            is_period("remarkcode_period"),
            once_at_a_time(
                "remarkcode_once_at_a_time", "code", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return self.code
