"""The words of routing. Pure."""

from django.db.models import TextChoices


class NotOurs(TextChoices):
    """Why a case is another queue's; counted, so that rules can be tried against it."""

    REASON = "reason", "Its reason is another queue's"
    PAYER = "payer", "Another team works this payer"
    SITE = "site", "Another team works this site"
    SKILL = "skill", "It needs another skill"
    PAYER_ERROR = "payer_error", "The payer's own error"
    OTHER = "other", "Something else"
