"""Answering asks for the same again, with the files that the case has now."""

import pytest

from cases.actions import answering
from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import unsealed
from cases.approvals.vocabulary import Act, RequestState
from tests.factories.approvers import HOUR, approvers, asked, decided
from tests.factories.cases import OPENED, AttachmentFactory, CaseFactory

pytestmark = pytest.mark.django_db


def test_an_answer_seals_the_same_anew_with_the_cases_files():
    case = CaseFactory(amount_at_risk="480.00")
    somebody = approvers(case)
    requester, lead = somebody("denial_specialist"), somebody("team_lead")
    approval = decided(asked(case, requester), lead, Act.RETURN, reason="Which letter?")
    file = AttachmentFactory(case=case)

    answering.answer(
        approval=approval,
        by=requester,
        reason="The one of March 3",
        at=OPENED + 2 * HOUR,
        seen_version=approval.version,
    )

    again = ApprovalRequest.objects.get(pk=approval.pk)
    assert (again.state, again.cycle, again.amount) == (RequestState.PENDING, 2, approval.amount)
    assert unsealed(again.sealed).evidence == (file.sha256,)
