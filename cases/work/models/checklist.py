"""Steps that a site adds to those that a case type gives."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel
from billing_portal.kernel.models.history import History


class ChecklistItem(TimestampedModel):
    """One thing to do on every case of a type and category, after the type's own steps."""

    case_type = models.TextField(default="denial")
    category = models.TextField(help_text="As the code map names it, e.g. AUTH.")
    key = models.SlugField(help_text="Ticks are kept by it.")
    words = models.TextField()
    position = models.PositiveIntegerField(default=100, help_text="Order within the category.")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="checklistitem_words"),
            models.UniqueConstraint(
                fields=["case_type", "category", "key"], name="checklistitem_once"
            ),
        ]

    def __str__(self) -> str:
        return self.words
