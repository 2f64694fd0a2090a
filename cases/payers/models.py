"""Contacts of payers and their rules: configuration, with reasons and history."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from integrations.canonical.models import Payer


class Topic(models.TextChoices):
    """What a payer's rule is about."""

    APPEAL_ADDRESS = "appeal_address", "Where appeals go"
    FORMS = "forms", "Forms that an appeal needs"
    APPEAL_FILING = "appeal_filing", "By when to appeal"
    TIMELY_FILING = "timely_filing", "By when to file a claim"
    CORRECTED_CLAIM = "corrected_claim", "Corrected claims"
    PEER_TO_PEER = "peer_to_peer", "Peer-to-peer talks"
    OTHER = "other", "Other"


class PayerContact(TimestampedModel):
    """One department of a payer. `portal` is an address as text, never a link."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="contacts")
    department = models.TextField()
    phone = models.TextField(default="", blank=True)
    fax = models.TextField(default="", blank=True)
    portal = models.TextField(default="", blank=True)
    hours = models.TextField(default="", blank=True)
    note = models.TextField(default="", blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(department=""), name="payercontact_department"),
            models.UniqueConstraint(fields=["payer", "department"], name="payercontact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payer}, {self.department}"


class PayerRule(TimestampedModel):
    """What a payer asks for, in words, and where it says so (`citation`)."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="rules")
    topic = models.TextField(choices=Topic.choices)
    words = models.TextField()
    citation = models.TextField(help_text="Manual and page, contract section, web page and day.")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("topic", Topic), name="payerrule_topic"),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(citation=""), name="payerrule_says_where_from"
            ),
        ]
        indexes = [models.Index(fields=["payer", "topic", "id"], name="payerrule_of_payer")]

    def __str__(self) -> str:
        return f"{self.payer}: {Topic(self.topic).label}"
