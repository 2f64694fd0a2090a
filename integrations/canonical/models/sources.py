"""Where facts come from."""

from django.db import models

from billing_portal.kernel.models.bases import TimestampedModel, currency_field, is_currency
from billing_portal.kernel.models.history import History


class Source(TimestampedModel):
    """One system that sends us messages, and the connector that reads them.

    `folder` is polled (the shape of an SFTP drop) when it is set; `currency` (ISO 4217) holds for
    messages that state none.
    """

    name = models.SlugField(unique=True)
    label = models.TextField()
    connector = models.TextField(help_text="Key of an installed connector, e.g. x12_835.")
    folder = models.TextField(
        blank=True, default="", help_text="Polled for new files; empty: not polled."
    )
    poll_seconds = models.PositiveIntegerField(default=60)
    currency = currency_field()
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_currency("currency"), name="source_currency"),
            models.CheckConstraint(
                condition=models.Q(poll_seconds__gte=5), name="source_poll_seconds"
            ),
        ]

    def __str__(self) -> str:
        return self.label
