"""One cent of change voids what was asked and what was granted, and says what differs."""

from decimal import Decimal

import pytest

from billing_portal.access.actor import system_actor
from cases.actions import moving
from cases.approvals.models import ApprovalRequest
from cases.approvals.services import overtake_many
from cases.approvals.vocabulary import Act, RequestState
from cases.notices.models import Notification
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from cases.work.models import Case
from tests.factories.approvers import HOUR, asked, decided
from tests.factories.cases import OPENED

DIFFERENCE = "Amount at risk: 480.00 → 480.01"


def amend(case, verb=Verb.UPDATE, amount="480.01", **changes):
    """What detection does when the payer's facts change."""
    return moving.move(
        case=case,
        verb=verb,
        by=system_actor("detection"),
        reason="The payer sent a correction",
        at=OPENED + HOUR,
        seen_version=None,
        amount_at_risk=Decimal(amount),
        **changes,
    )


def test_a_cent_voids_an_open_request_and_work_goes_on(case, requester):
    approval = asked(case, requester)

    amended = amend(case)

    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert (kept.state, kept.verdict) == (RequestState.VOIDED, DIFFERENCE)
    assert amended.status == CaseStatus.TRIAGED
    assert Case.objects.get(pk=case.pk).version == amended.version
    assert Notification.objects.filter(user=requester, text__contains="void").exists()


def test_a_cent_voids_a_granted_request_that_is_not_done_yet(case, somebody, requester):
    approval = decided(asked(case, requester), somebody("team_lead"))
    case.refresh_from_db()
    assert case.status == CaseStatus.RESOLVED

    amend(case, Verb.REOPEN, first_touch_due_at=OPENED, resolve_due_at=OPENED)

    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert (kept.state, kept.verdict) == (RequestState.VOIDED, DIFFERENCE)


def test_what_was_done_stays_granted_whatever_comes_later(case, somebody, requester):
    approval = decided(asked(case, requester), somebody("team_lead"))
    closed = amend(case, Verb.CLOSE, amount="480.00", disposition=Disposition.WRITTEN_OFF)
    assert ApprovalRequest.objects.get(pk=approval.pk).settled_at == OPENED + HOUR

    amend(closed, Verb.REOPEN, first_touch_due_at=OPENED, resolve_due_at=OPENED)

    assert ApprovalRequest.objects.get(pk=approval.pk).state == RequestState.APPROVED


def test_a_case_that_ends_by_itself_ends_its_open_request(case, requester):
    approval = asked(case, requester)

    closed = amend(case, Verb.CLOSE, amount="480.00", disposition=Disposition.PAID_ON_REPROCESS)

    assert closed.status == CaseStatus.CLOSED
    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert (kept.state, kept.verdict) == (RequestState.VOIDED, "The case ended: closed")


@pytest.mark.parametrize("change", [{"title": "Other words"}, {"category": "COB"}])
def test_what_was_not_sealed_voids_nothing(case, requester, change):
    approval = asked(case, requester)

    amend(case, amount="480.00", **change)

    assert ApprovalRequest.objects.get(pk=approval.pk).state == RequestState.PENDING


def test_a_returned_request_is_left_to_who_asked(case, somebody, requester):
    approval = decided(asked(case, requester), somebody("team_lead"), Act.RETURN)

    amend(case)

    assert ApprovalRequest.objects.get(pk=approval.pk).state == RequestState.RETURNED


def test_nothing_is_overtaken_without_requests(case):
    assert overtake_many(case_ids=[case.pk], by=system_actor("approvals"), at=OPENED) == []
