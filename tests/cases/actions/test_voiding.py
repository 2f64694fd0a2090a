"""A case that was opened in error: two people make it void, and nothing was booked."""

import pytest
from django.db import IntegrityError

from billing_portal.access.actor import system_actor
from cases.actions import moving, voiding
from cases.actions.voiding import VoidRefused
from cases.approvals.eligibility import MayNotDecide
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Act, Matter
from cases.sla.vocabulary import ClockEffect
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from cases.work.models import Case
from cases.work.services import ReasonMissing
from tests.factories.approvers import HOUR, approvers, decided
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.effects import EffectFactory
from tests.integrations.canonical.apply.state import check_deferred

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return CaseFactory(amount_at_risk="480.00")


@pytest.fixture
def somebody(case):
    return approvers(case)


def asked(case, by, reason="The test file was taken in by mistake"):
    now = Case.objects.get(pk=case.pk)
    return voiding.request(case=now, by=by, reason=reason, at=OPENED, seen_version=now.version)


def test_two_people_make_a_case_void(case, somebody):
    clerk = somebody("queue_supervisor")

    approval = asked(case, clerk)

    assert (approval.matter, approval.amount) == (Matter.VOID_CASE, case.amount_at_risk)
    with pytest.raises(MayNotDecide):
        decided(approval, clerk)
    decided(approval, somebody("queue_supervisor"))
    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.VOIDED, Disposition.OPENED_IN_ERROR)
    assert ApprovalRequest.objects.get().settled_at == OPENED + HOUR
    assert moving.CLOCKS[Verb.VOID] is ClockEffect.CANCEL
    check_deferred()


def test_a_rejected_one_goes_on(case, somebody):
    decided(asked(case, somebody("denial_specialist")), somebody("queue_supervisor"), Act.REJECT)

    case.refresh_from_db()
    assert case.status == CaseStatus.TRIAGED


def test_what_was_booked_for_is_never_void_nor_without_a_reason(case, somebody):
    clerk = somebody("denial_specialist")

    with pytest.raises(ReasonMissing):
        asked(case, clerk, " ")
    EffectFactory(case=case)
    with pytest.raises(VoidRefused, match="Something was booked"):
        asked(case, clerk)
    assert not ApprovalRequest.objects.filter(matter=Matter.VOID_CASE).exists()


def test_the_database_lets_nobody_void_a_case_alone(case, somebody):
    waiting = moving.move(
        case=case,
        verb=Verb.REQUEST_APPROVAL,
        by=somebody("denial_specialist"),
        reason="Alone",
        at=OPENED,
        seen_version=case.version,
    )
    moving.move(
        case=waiting,
        verb=Verb.VOID,
        by=system_actor("approvals"),
        reason="Alone",
        at=OPENED,
        seen_version=None,
        disposition=Disposition.OPENED_IN_ERROR,
    )

    with pytest.raises(IntegrityError, match="two people void a case"):
        check_deferred()
