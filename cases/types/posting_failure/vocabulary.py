"""The words of posting failures: why something that was decided does not stand in the ledger."""

from django.db.models import TextChoices


class Cause(TextChoices):
    """Why a person is needed."""

    CLOSED_PERIOD = "closed_period", "The period is closed"
    UNBALANCED = "unbalanced", "Debits and credits differ"
    UNKNOWN_ACCOUNT = "unknown_account", "An account is not known there"
    REFUSED = "refused", "Refused"
    THROTTLED = "throttled", "Asked too often"
    NOT_REACHED = "not_reached", "Not reached"
    UNKNOWN_OUTCOME = "unknown_outcome", "Nobody can tell whether it was posted"
    DIFFERENCE = "difference", "The ledger holds something else"


KEY = "posting_failure"
CATEGORY = "POSTING"
