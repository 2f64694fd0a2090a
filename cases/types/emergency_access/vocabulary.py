"""The words of emergency access."""

from django.db.models import TextChoices

KEY = "emergency_access"
CATEGORY = "EMERGENCY"
LONGEST_HOURS = 8


class Verdict(TextChoices):
    """What the after-review says of an emergency."""

    JUSTIFIED = "justified", "Justified: it was needed, and used for that alone"
    MISUSED = "misused", "Not justified: compliance follows it up"
