"""Parties: who pays, where care is given, who gives it, who receives it.

And the identifiers each is known by.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from guardian.models import GroupObjectPermissionBase

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from integrations.canonical.models.sources import Source


class PayerClass(models.TextChoices):
    """Which law and which deadlines a payer falls under."""

    UNKNOWN = "unknown", "Not yet classed"
    COMMERCIAL = "commercial", "Commercial"
    MEDICARE = "medicare", "Medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage", "Medicare Advantage"
    MEDICAID = "medicaid", "Medicaid"
    TRICARE = "tricare", "TRICARE"
    OTHER = "other", "Other"


class Payer(TimestampedModel):
    """Who adjudicates and pays.

    `is_confirmed` is false for one first met in a message, until a person says who it is.
    """

    key = models.TextField(unique=True)
    name = models.TextField()
    payer_class = models.TextField(choices=PayerClass.choices, default=PayerClass.UNKNOWN)
    is_confirmed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("payer_class", PayerClass), name="payer_class"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PayerIdentifier(TimestampedModel):
    """Crosswalk: what one source calls a payer (N1*PR identifier, REF*2U)."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    identifier = models.TextField()
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="identifiers")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier"], name="payeridentifier_once")
        ]

    def __str__(self) -> str:
        return self.identifier


class Facility(TimestampedModel):
    """A place whose bills we work.

    `unassigned` holds what no crosswalk names yet. `time_zone` is an IANA name.
    """

    key = models.SlugField(unique=True)
    name = models.TextField()
    time_zone = models.TextField(default="America/Chicago")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name_plural = "facilities"

    def __str__(self) -> str:
        return self.name


class FacilityGroupObjectPermission(GroupObjectPermissionBase):
    """A group's grant on one facility; made only by `access.grants.grant`."""

    content_object = models.ForeignKey(Facility, on_delete=models.CASCADE)

    history = History()

    class Meta(GroupObjectPermissionBase.Meta):
        pass


class FacilityIdentifier(TimestampedModel):
    """Crosswalk: what one source calls a facility (N1*PE NPI, TS3-01)."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    identifier = models.TextField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="identifiers")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier"], name="facilityidentifier_once")
        ]

    def __str__(self) -> str:
        return self.identifier


class Provider(TimestampedModel):
    """A clinician or organisation that gives care, known by NPI or the source's own number."""

    identifier = models.TextField(unique=True)
    name = models.TextField()

    history = History()

    def __str__(self) -> str:
        return self.name


class Patient(TimestampedModel):
    """A person who received care. Patient data: shown masked, its reveal is audited.

    `external_id` is the source's own key; a remittance gives none, so there it is member id and
    name as sent.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    external_id = models.TextField()
    family_name = models.TextField(default="")
    given_name = models.TextField(default="")
    member_id = models.TextField(default="")
    born_on = models.DateField(null=True, blank=True)
    source_version = models.TextField(default="")

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="patient_once")
        ]
        indexes = [
            GinIndex(OpClass(Upper("family_name"), "gin_trgm_ops"), name="patient_family_name"),
            GinIndex(OpClass(Upper("given_name"), "gin_trgm_ops"), name="patient_given_name"),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"
