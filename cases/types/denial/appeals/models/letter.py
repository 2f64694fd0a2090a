"""Letters: their templates, the letter of one appeal, and who stands for its exact bytes."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.evidence.models import Attachment
from cases.types.denial.appeals.models.appeal import Appeal, ExhibitKind, Ground


class LetterTemplate(TimestampedModel):
    """The wording a letter starts from; `{{field}}` is filled in from the case.

    `required` are the kinds of evidence without which no packet is built. Its history holds every
    version; a letter names the one it was drafted from.
    """

    key = models.SlugField(unique=True)
    name = models.TextField()
    ground = models.TextField(choices=Ground.choices)
    subject = models.TextField()
    body = models.TextField(
        help_text="Paragraphs with an empty line between them; {{field}} is filled in."
    )
    required = models.JSONField(
        default=list, blank=True, help_text='Kinds of evidence: ["authorization"].'
    )
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("ground", Ground), name="lettertemplate_ground"
            ),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(body=""), name="lettertemplate_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def wanted(self) -> list[ExhibitKind]:
        """The kinds of evidence it needs."""
        return [ExhibitKind(each) for each in self.required]


class Letter(TimestampedModel):
    """The letter of one appeal: text with merge fields, never with what they stand for."""

    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="letter")
    template = models.ForeignKey(LetterTemplate, on_delete=models.PROTECT, related_name="+")
    template_version = models.PositiveIntegerField()
    subject = models.TextField()
    body = models.TextField()

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(body=""), name="letter_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class Attestation(AppendOnlyModel):
    """Somebody read a letter and stands for it: who, when, and the digest of its exact bytes.

    It holds while the appeal points to it; a later change of the letter takes that away.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="attestations")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    sha256 = models.TextField()
    statement = models.TextField()
    attested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    attested_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attestation_sha256"
            )
        ]

    def __str__(self) -> str:
        return f"attestation {self.pk}"
