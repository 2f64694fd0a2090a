"""The words of emergency access."""

from datetime import timedelta

from django.db.models import TextChoices

from billing_portal.access.models import LONGEST

KEY = "emergency_access"
CATEGORY = "EMERGENCY"
LONGEST_HOURS = LONGEST // timedelta(hours=1)


class Verdict(TextChoices):
    """What the after-review says of an emergency."""

    JUSTIFIED = "justified", "Justified: it was needed, and used for that alone"
    MISUSED = "misused", "Not justified: compliance follows it up"
