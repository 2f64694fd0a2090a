"""Questions asked of canonical records."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User

if TYPE_CHECKING:
    from integrations.canonical.models import (  # noqa: F401 -- named as text in the bases below
        Acknowledgement,
        Claim,
        Remittance,
        RemittedClaim,
    )

VIEW_FACILITY = "integrations.view_facility"


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Reads as sentences: `Claim.objects.visible_to(user).for_list()`."""

    def visible_to(self, user: User) -> Self:
        """Of the facilities that the user's groups were granted; nothing for anybody else."""
        return self.filter(facility__in=scope_ids(user, VIEW_FACILITY))

    def for_list(self) -> Self:
        """With all that one row of a list shows."""
        return self.select_related("source", "payer", "facility", "patient")


class RemittanceQuerySet(models.QuerySet["Remittance"]):
    """Reads as sentences: `Remittance.objects.visible_to(user).for_list()`."""

    def visible_to(self, user: User) -> Self:
        """Those with a claim that the user may see; one without claims by its own facility.

        A remittance never changes, its claims may move: correcting a crosswalk moves both.
        """
        scope = scope_ids(user, VIEW_FACILITY)
        claims = self.model._meta.get_field("claims").related_model._default_manager
        members = claims.filter(remittance=OuterRef("pk"))
        return self.filter(
            Exists(members.filter(claim__facility__in=scope))
            | Q(facility__in=scope) & ~Exists(members)
        )

    def for_list(self) -> Self:
        """With all that one row of a list shows."""
        return self.select_related("source", "payer", "facility").prefetch_related("readings")


class RemittedClaimQuerySet(models.QuerySet["RemittedClaim"]):
    """Reads as sentences: `RemittedClaim.objects.filter(claim=claim).with_lines()`."""

    def with_lines(self) -> Self:
        """With all that one adjudication says: its lines, adjustments and remarks."""
        return self.select_related("claim", "remittance").prefetch_related(
            "lines", "adjustments", "remarks"
        )


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    """Reads as sentences: `Acknowledgement.objects.about(claim).oldest_first()`."""

    def about(self, claim: "Claim") -> Self:
        """What was reported of a claim before it was decided.

        Its own number must be the same, payer and provider too, each by what both messages call
        them or by today's crosswalks, and so must the first day of service, where both name one: a
        number may serve many visits, and the same claim goes to a second payer.
        """
        crosswalks = claim.payer.identifiers.values("identifier")
        places = claim.facility.identifiers.values("identifier")
        same = Q(patient_control_number=claim.patient_control_number)
        same &= Q(payer_identifier=claim.payer_identifier) | Q(payer_identifier__in=crosswalks)
        same &= Q(payee_identifier__in=["", claim.payee_identifier]) | Q(
            payee_identifier__in=places
        )
        if claim.service_from is not None:
            same &= Q(service_from=None) | Q(service_from=claim.service_from)
        return self.filter(same)

    def oldest_first(self) -> Self:
        """In the order in which the claim was taken in."""
        return self.select_related("source").order_by("received_on", "status_on", "pk")
