"""Heartbeats: when each source was last heard, judged by work done."""

from django.db import models

from integrations.canonical.models import Source


class Heartbeat(models.Model):
    """What the last pulls from one source came to."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="heartbeat"
    )
    last_success_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="")

    def __str__(self) -> str:
        return f"heartbeat of {self.source_id}"
