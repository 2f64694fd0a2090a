"""Emergencies: asked for, opened, over."""

from datetime import timedelta

import factory
from django.utils import timezone

from billing_portal.access.models import EmergencyGrant
from cases.approvals.vocabulary import Act
from cases.types.emergency_access import actions
from cases.types.emergency_access.models import EmergencyReview
from cases.types.emergency_access.vocabulary import Verdict
from cases.work.models import Case
from tests.factories.approvers import approvers, decided
from tests.factories.base import Made
from tests.factories.cases import QueueFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.people import PersonFactory

LONG_AGO = timedelta(days=3)
REASON = "The whole denials desk is ill and the deadline is tonight"


def asked_by(by, *, hours=4, at=None, **places):
    """The request of somebody who asks for a queue of a site that are shut to them."""
    return actions.ask(
        queue=places.get("queue") or QueueFactory(),
        facility=places.get("facility") or FacilityFactory(),
        hours=hours,
        by=by,
        reason=REASON,
        at=at or timezone.now(),
    )


def opened(by=None, *, ago=timedelta(0), **places) -> Case:
    """The case of an emergency that compliance opened some time ago."""
    at = timezone.now() - ago
    approval = asked_by(by or PersonFactory(), at=at, **places)
    officer = approvers(approval.case)("compliance_officer")
    decided(approval, officer, at=at)
    return Case.objects.get(pk=approval.case_id)


def refused() -> Case:
    """The case of an emergency that compliance did not open."""
    approval = asked_by(PersonFactory())
    decided(approval, approvers(approval.case)("compliance_officer"), Act.REJECT, at=timezone.now())
    return Case.objects.get(pk=approval.case_id)


class EmergencyGrantFactory(Made):
    """What an approved emergency opens."""

    class Meta:
        model = EmergencyGrant

    @classmethod
    def _create(cls, model_class: type[EmergencyGrant], **fields) -> EmergencyGrant:
        opened(**fields)
        return model_class.objects.latest("pk")


class EmergencyReviewFactory(Made):
    """A third person found an emergency justified."""

    class Meta:
        model = EmergencyReview

    case = factory.LazyFunction(lambda: opened(ago=LONG_AGO))
    verdict = Verdict.JUSTIFIED
    reason = "Read it all"
    reviewed_by = factory.SubFactory(PersonFactory)
    reviewed_at = factory.LazyFunction(timezone.now)
