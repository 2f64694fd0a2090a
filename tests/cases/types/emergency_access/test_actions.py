"""An emergency from its asking to its review."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from billing_portal.access.actor import acting, system_actor
from billing_portal.access.models import EmergencyGrant
from billing_portal.accounts.models import User
from cases.actions import bulking, moving, voiding, working
from cases.actions.voiding import VoidRefused
from cases.actions.working import DispositionRefused
from cases.approvals.eligibility import MayNotDecide
from cases.approvals.vocabulary import Act, Matter, RequestState
from cases.bulk.models import BatchRow, BulkVerb, RowOutcome, Why
from cases.notices.models import Notification
from cases.types.emergency_access import actions
from cases.types.emergency_access.queries import emergency_of
from cases.types.emergency_access.services import EmergencyRefused
from cases.types.emergency_access.vocabulary import Verdict
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from cases.work.models import Case
from cases.work.visibility import may_work
from tests.factories.approvers import approvers, decided
from tests.factories.cases import CaseFactory
from tests.factories.emergencies import LONG_AGO, asked_by, opened, refused
from tests.factories.people import PersonFactory
from tests.integrations.canonical.apply.state import check_deferred

pytestmark = pytest.mark.django_db


@pytest.fixture
def shut(db):
    """A case that somebody without grants does not see."""
    return CaseFactory()


@pytest.fixture
def person(db):
    return PersonFactory()


def sees(person, case):
    fresh = User.objects.get(pk=person.pk)
    return case in Case.objects.visible_to(fresh) and may_work(fresh, queue_id=case.queue_id)


def places(case):
    return {"queue": case.queue, "facility": case.facility}


def test_nothing_is_open_before_a_second_person_says_so(person, shut):
    approval = asked_by(person, **places(shut))

    assert (approval.matter, approval.state) == (Matter.BREAK_GLASS, RequestState.PENDING)
    assert approval.case.queue.key == "emergency-access"
    assert not sees(person, shut)
    with pytest.raises(MayNotDecide):
        decided(approval, approvers(approval.case)("team_lead"))
    decided(approval, approvers(approval.case)("compliance_officer"), Act.REJECT)
    assert not sees(person, shut)
    assert not EmergencyGrant.objects.exists()


def test_what_was_opened_ends_by_itself(person, shut):
    case = opened(person, **places(shut))

    assert sees(person, shut)
    assert Notification.objects.get(user=person).link == reverse("cases:emergencies")
    held = emergency_of(case)
    assert held.ends_at - held.begins_at == timedelta(hours=4)
    assert case.status == CaseStatus.TRIAGED
    over = PersonFactory()
    opened(over, ago=timedelta(hours=4), **places(shut))
    assert not sees(over, shut)
    check_deferred()


def test_who_needs_it_no_more_ends_it_and_nobody_else(person, shut):
    case = opened(person, **places(shut))
    approval = emergency_of(case).request

    with pytest.raises(EmergencyRefused):
        actions.end(approval=approval, by=PersonFactory(), at=timezone.now())
    actions.end(approval=approval, by=person, at=timezone.now())

    assert not sees(person, shut)
    check_deferred()


@pytest.mark.parametrize("hours", [0, 9])
def test_an_emergency_is_short_and_one_at_a_time(person, hours):
    with pytest.raises(EmergencyRefused, match="from 1 to 8 hours"):
        asked_by(person, hours=hours)
    asked_by(person)
    with pytest.raises(EmergencyRefused, match="asked already"):
        asked_by(person)


@pytest.mark.parametrize(
    ("verdict", "disposition"),
    [(Verdict.JUSTIFIED, Disposition.EXPLAINED), (Verdict.MISUSED, Disposition.MISUSED)],
)
def test_a_third_person_reviews_it_and_the_case_ends(verdict, disposition):
    case = opened(ago=LONG_AGO)
    reviewer = approvers(case)("rc_manager")

    actions.review(
        case=case,
        verdict=verdict,
        by=reviewer,
        reason="Read it all",
        at=timezone.now(),
        seen_version=case.version,
    )

    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.RESOLVED, disposition)
    check_deferred()


def test_what_was_opened_ends_by_its_review_alone():
    case = opened(ago=LONG_AGO)
    asks = {"case": case, "by": approvers(case)("rc_manager"), "reason": "Quietly"}
    asks |= {"at": timezone.now(), "seen_version": case.version}

    with pytest.raises(DispositionRefused, match="its after-review is open"):
        working.resolve(disposition=Disposition.EXPLAINED, **asks)
    with pytest.raises(VoidRefused, match="after-review is open"):
        voiding.request(**asks)

    case.refresh_from_db()
    assert case.status == CaseStatus.TRIAGED


def test_among_many_cases_it_alone_is_left():
    emergency, other = opened(ago=LONG_AGO), refused()
    by, now = approvers(emergency)("queue_supervisor"), timezone.now()
    batch = bulking.freeze(
        cases=Case.objects.visible_to(by).open(),
        query="/queues/all/",
        verb=BulkVerb.RESOLVE,
        arguments={"disposition": Disposition.EXPLAINED.value},
        reason="Tidy",
        by=by,
        at=now,
    )

    bulking.start(batch=batch, by=by, at=now)

    left = BatchRow.objects.get(outcome=RowOutcome.SKIPPED)
    assert (left.case, left.why) == (emergency, Why.RULE)
    assert "its after-review is open" in left.words
    assert Case.objects.get(pk=other.pk).status == CaseStatus.RESOLVED
    check_deferred()


def test_the_review_is_due_in_two_business_days():
    case = opened()

    assert timedelta(days=1) < case.resolve_due_at - case.opened_at < timedelta(days=7)


def test_the_database_lets_no_opened_emergency_end_unreviewed():
    case = opened(ago=LONG_AGO)
    officer = approvers(case)("rc_manager")

    moving.move(
        case=case,
        verb=Verb.RESOLVE,
        by=officer,
        reason="Quietly",
        at=timezone.now(),
        seen_version=case.version,
        disposition=Disposition.EXPLAINED,
    )

    with pytest.raises(IntegrityError, match="nobody has reviewed"):
        check_deferred()


def grant(person, case, reference, hours):
    """A row that no action made."""
    with transaction.atomic(), acting(by=system_actor("tests"), reason="For a test"):
        EmergencyGrant.objects.create(
            user=person,
            permission=Permission.objects.get(codename="view_queue"),
            thing_id=case.queue_id,
            reference=reference,
            begins_at=timezone.now(),
            ends_at=timezone.now() + timedelta(hours=hours),
        )


def test_the_database_lets_nobody_in_unapproved_nor_for_longer(person, shut):
    approval = asked_by(person, hours=1, **places(shut))

    for reference, hours in (("AP-0", 1), (approval.reference, 1)):
        with pytest.raises(IntegrityError, match="nobody approved"):
            grant(person, shut, reference, hours)
    assert not sees(person, shut)


def test_the_database_opens_nothing_for_longer_than_approved_nor_again(person, shut):
    case = opened(person, **places(shut))
    reference = emergency_of(case).request.reference

    with pytest.raises(IntegrityError, match="nobody approved"):
        grant(person, CaseFactory(), reference, 5)
    held = EmergencyGrant.objects.filter(reference=reference)
    with pytest.raises(IntegrityError, match="only ends earlier"), transaction.atomic():
        held.update(ends_at=timezone.now() + timedelta(hours=5))
