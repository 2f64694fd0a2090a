"""The words of small balances."""

from django.db.models import TextChoices

KEY = "small_balance"
CATEGORY = "SMALL_BALANCE"


class Outcome(TextChoices):
    """What somebody who looked at a sampled balance says of it."""

    RIGHT = "right", "Right: it is owed, and too small to work"
    WRONG = "wrong", "Wrong: the whole batch is taken back"
