"""Two at once, released by a barrier, each with a connection of its own: exactly one effect."""

from decimal import Decimal
from threading import Event

import pytest
from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import approving, delegating, moving, prompting
from cases.actions.approving import Seen
from cases.approvals.models import ApprovalAct, ApprovalRequest, Delegation
from cases.approvals.services import Verdict
from cases.approvals.vocabulary import Act, RequestState
from cases.work.lifecycle import CaseStatus, Verb
from cases.work.models import Case
from tests.factories.approvals import ApprovalLimitFactory, DelegationFactory
from tests.factories.approvers import HOUR, approvers, asked
from tests.factories.cases import OPENED, CaseFactory
from tests.races import at_once

ROUNDS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    """Many cases of one queue, each waiting for a lead; two leads."""
    first = CaseFactory(amount_at_risk="480.00")
    somebody = approvers(first)
    requester = somebody("denial_specialist")
    others = [
        CaseFactory(queue=first.queue, facility=first.facility, amount_at_risk="480.00")
        for _ in range(ROUNDS - 1)
    ]
    return [asked(case, requester) for case in [first, *others]], [
        somebody("team_lead"),
        somebody("team_lead"),
    ]


def approve(approval, by, *, speaker=None):
    verdict = Verdict(Act.APPROVE, "Fine", approval.version, approval.digest, speaker)
    person = User.objects.get(pk=by.pk)
    return approving.decide(approval=approval, verdict=verdict, by=person, at=OPENED + HOUR)


def test_a_reminder_waits_for_no_move_of_a_case_and_leaves_its_request(world):
    """A move locks its case first, its requests after: who goes the other way would stop both."""
    [approval, *others], _leads = world
    held, done = Event(), Event()

    def amending():
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=approval.case_id)
            held.set()
            return done.wait(timeout=30)

    def reminding():
        held.wait(timeout=30)
        try:
            return prompting.prompt_due(at=approval.tell_at)
        finally:
            done.set()

    assert at_once(amending, reminding) == [True, len(others)]


def amend(approval):
    return moving.move(
        case=approval.case,
        verb=Verb.UPDATE,
        by=system_actor("detection"),
        reason="A cent more",
        at=OPENED + HOUR,
        seen_version=None,
        amount_at_risk=Decimal("480.01"),
    )


def granted(case_id):
    """How often a case was let end by an approval."""
    history = Case.history.filter(id=case_id, status=CaseStatus.RESOLVED)
    return history.count()


def test_two_who_approve_at_once_have_one_effect(world):
    requests, (one, other) = world

    for approval in requests:
        came = at_once(lambda: approve(approval, one), lambda: approve(approval, other))  # noqa: B023

        assert sum(isinstance(each, DomainError) for each in came) == 1
        assert ApprovalAct.objects.filter(request=approval, act=Act.APPROVE).count() == 1
        assert granted(approval.case_id) == 1


def test_one_who_approves_twice_at_once_has_one_effect(world):
    requests, (one, _other) = world

    for approval in requests:
        came = at_once(*[lambda: approve(approval, one)] * 3)  # noqa: B023

        assert sum(isinstance(each, DomainError) for each in came) == 2
        assert granted(approval.case_id) == 1


def test_what_is_amended_while_it_is_approved_is_one_or_the_other(world):
    """Amended first: void, and nothing granted. Approved first: the amendment finds it resolved."""
    requests, (one, _other) = world

    for approval in requests:
        came = at_once(lambda: approve(approval, one), lambda: amend(approval))  # noqa: B023

        assert sum(isinstance(each, DomainError) for each in came) == 1
        kept = ApprovalRequest.objects.get(pk=approval.pk)
        case = Case.objects.get(pk=approval.case_id)
        if kept.state == RequestState.APPROVED:
            assert (case.status, case.amount_at_risk) == (CaseStatus.RESOLVED, Decimal("480.00"))
        else:
            assert kept.state == RequestState.VOIDED
            assert (case.status, granted(case.pk)) == (CaseStatus.TRIAGED, 0)


def test_two_who_ask_at_once_for_one_account_are_seen_together(world):
    """Neither looks small because the other was not there yet."""
    requests, _leads = world
    queue, facility = requests[0].case.queue, requests[0].case.facility
    requester = requests[0].requested_by
    cases = [CaseFactory(queue=queue, facility=facility) for _ in range(4)]

    def ask(case):
        person = User.objects.get(pk=requester.pk)
        return asked(case, person, accounts=("A-17",))

    came = at_once(*[lambda case=case: ask(case) for case in cases])

    assert sorted(str(each.tier_amount) for each in came) == sorted(
        ["480.00", "960.00", "1440.00", "1920.00"]
    )


def test_what_is_taken_back_while_it_is_approved_is_one_or_the_other(world):
    requests, (one, _other) = world

    for approval in requests:
        came = at_once(lambda: approve(approval, one), lambda: withdraw(approval))  # noqa: B023

        assert sum(isinstance(each, DomainError) for each in came) == 1
        kept = ApprovalRequest.objects.get(pk=approval.pk)
        is_approved = kept.state == RequestState.APPROVED
        assert is_approved or kept.state == RequestState.WITHDRAWN
        assert granted(approval.case_id) == is_approved
        assert ApprovalAct.objects.filter(request=approval, act=Act.APPROVE).count() == is_approved


def withdraw(approval):
    return approving.withdraw(
        approval=approval,
        by=User.objects.get(pk=approval.requested_by_id),
        reason="Paid today",
        at=OPENED + HOUR,
        seen_version=approval.version,
    )


def test_one_by_itself_and_with_others_at_once_has_one_effect(world):
    requests, (one, other) = world

    for approval in requests:
        came = at_once(lambda: approve(approval, one), lambda: together(approval, other))  # noqa: B023

        assert sum(isinstance(each, DomainError) for each in came) == 1
        assert ApprovalAct.objects.filter(request=approval, act=Act.APPROVE).count() == 1
        assert granted(approval.case_id) == 1


def together(approval, by):
    """Approve it as one of many; its refusal, if it was refused."""
    [outcome] = approving.decide_many(
        seen=[Seen(approval, approval.version, approval.digest)],
        reason="Small",
        by=User.objects.get(pk=by.pk),
        at=OPENED + HOUR,
    )
    return outcome.refusal or outcome.approval


def test_a_voice_taken_back_while_it_decides_decides_before_or_not_at_all(world):
    requests, (one, other) = world
    ApprovalLimitFactory(person=other)

    for approval in requests:
        held = DelegationFactory(giver=one, taker=other)
        came = at_once(
            lambda: approve(approval, other, speaker=one),  # noqa: B023
            lambda: take_back(held, one),  # noqa: B023
        )

        is_first = not isinstance(came[0], DomainError)
        acts = ApprovalAct.objects.filter(request=approval, act=Act.APPROVE, for_person=one)
        assert acts.count() == granted(approval.case_id) == is_first
        assert Delegation.objects.get(pk=held.pk).revoked_at is not None


def take_back(delegation, by):
    return delegating.revoke(
        delegation=delegation,
        by=User.objects.get(pk=by.pk),
        reason="Back again",
        at=OPENED + HOUR,
        seen_version=1,
    )
