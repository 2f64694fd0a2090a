"""The after-review: by a third person, once it is over."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from cases.types.emergency_access import services
from cases.types.emergency_access.queries import emergency_of
from cases.types.emergency_access.services import EmergencyRefused
from cases.types.emergency_access.vocabulary import Verdict
from cases.work.services import ReasonMissing
from tests.factories.emergencies import LONG_AGO, EmergencyReviewFactory, opened
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def review(case, by, reason="Read it all"):
    return services.review(
        case=case,
        emergency=emergency_of(case),
        verdict=Verdict.JUSTIFIED,
        by=by,
        reason=reason,
        at=timezone.now(),
    )


def test_a_third_person_reviews_it_and_how_much_was_done_is_on_record():
    case = opened(ago=LONG_AGO)

    review(case, PersonFactory())

    event = AuditEvent.objects.get(chain=f"case:{case.pk}", verb="emergency.reviewed")
    assert '"acts":' in event.body


def test_neither_who_asked_nor_who_decided_reviews_it_nor_anybody_before_it_is_over():
    case = opened(ago=LONG_AGO)
    acts = emergency_of(case).request.acts.all()

    for act in acts:
        with pytest.raises(EmergencyRefused, match="does not review"):
            review(case, act.person)
    with pytest.raises(EmergencyRefused, match="when it is over"):
        review(opened(), PersonFactory())
    with pytest.raises(ReasonMissing):
        review(case, PersonFactory(), " ")


def test_the_database_refuses_both():
    case = opened(ago=LONG_AGO)
    asker = emergency_of(case).request.requested_by

    with pytest.raises(IntegrityError, match="does not review it"):
        EmergencyReviewFactory(case=case, reviewed_by=asker)


def test_the_database_refuses_a_review_before_it_is_over():
    with pytest.raises(IntegrityError, match="when it is over"):
        EmergencyReviewFactory(case=opened())
