"""Questions asked of canonical records."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User

if TYPE_CHECKING:
    from integrations.canonical.models import (  # noqa: F401 -- named as text in the bases below
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
