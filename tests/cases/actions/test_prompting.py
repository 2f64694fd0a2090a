"""Those who may decide are told; time and emptiness lead to those above, never to a yes."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.conf import settings

from cases.actions import prompting
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import RequestState, Told
from cases.notices.models import Notification
from tests.factories.approvers import approvers, asked, decided
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.usefixtures("carried_out")


@pytest.fixture
def case(db):
    return CaseFactory(amount_at_risk="480.00")


@pytest.fixture
def somebody(case):
    return approvers(case)


@pytest.fixture
def requester(somebody):
    return somebody("denial_specialist")


def told(person):
    return Notification.objects.filter(user=person, kind="approval").order_by("pk")


def later(day, hour=23):
    """An evening of March 2026; the request was made on Monday the second."""
    return datetime(2026, 3, day, hour, 30, tzinfo=UTC)


def test_who_may_decide_is_told_at_once_and_nobody_else(case, somebody, requester):
    lead, other = somebody("team_lead"), somebody("rc_manager")

    approval = asked(case, requester)

    assert [each.text for each in told(lead)] == [f"{approval} waits for a decision."]
    assert not told(other).exists()
    assert not told(requester).exists()
    assert (approval.told, approval.due_at.date()) == (Told.ASKED, later(4).date())
    assert "480" not in told(lead)[0].text


def test_reminded_then_escalated_then_the_managers_never_approved(case, somebody, requester):
    lead, director, manager = map(somebody, ["team_lead", "queue_supervisor", "rc_manager"])
    approval = asked(case, requester)

    assert prompting.prompt_due(at=later(2)) == 0
    for day in (3, 4, 6):
        assert prompting.prompt_due(at=later(day)) == 1
    assert prompting.prompt_due(at=later(30)) == 0

    assert [each.text.split(" ", 1)[1] for each in told(lead)] == [
        "waits for a decision.",
        "still waits for a decision.",
        "was escalated and waits for a decision.",
    ]
    assert [each.text.split(" ", 1)[1] for each in told(director)] == [
        "was escalated and waits for a decision."
    ]
    assert [each.text.split(" ", 1)[1] for each in told(manager)] == [
        "was escalated and is still not decided."
    ]
    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert (kept.state, kept.told, kept.tell_at) == (RequestState.PENDING, Told.MANAGER, None)
    assert decided(approval, director).state == RequestState.APPROVED


def test_a_step_that_nobody_may_decide_goes_to_those_above_at_once(case, somebody):
    """The only lead asks: they may not decide on their own request."""
    lead, supervisor = somebody("team_lead"), somebody("queue_supervisor")

    approval = asked(case, lead)

    assert approval.is_escalated
    assert approval.state == RequestState.PENDING
    assert [each.text for each in told(supervisor)] == [
        f"{approval} was escalated and waits for a decision."
    ]
    assert decided(approval, supervisor).state == RequestState.APPROVED


def test_when_nobody_at_all_may_decide_the_managers_hear_of_it(case, somebody):
    lead, manager = somebody("team_lead"), somebody("rc_manager")

    approval = asked(case, lead)

    assert "nobody may decide it" in told(manager)[0].text
    assert approval.state == RequestState.PENDING


def test_the_next_step_is_told_by_the_sweep(case, somebody, requester):
    supervisor, manager = somebody("queue_supervisor"), somebody("rc_manager")
    approval = decided(asked(case, requester, "2500.00"), supervisor)
    assert not told(manager).exists()

    assert prompting.prompt_due(at=approval.tell_at) == 1
    assert prompting.prompt_due(at=approval.tell_at) == 0

    assert told(manager).count() == 1


FREE = "SELECT count(*) FROM (SELECT FROM cases_approvalrequest FOR UPDATE SKIP LOCKED) AS held"


@pytest.mark.django_db(transaction=True)
def test_a_decision_waits_for_the_telling_of_no_other_request(monkeypatch):
    """Telling takes long where many may decide; locks are waited for only five seconds."""
    case = CaseFactory(amount_at_risk="480.00")
    somebody = approvers(case)
    requester, _lead = somebody("denial_specialist"), somebody("team_lead")
    others = CaseFactory.create_batch(2, queue=case.queue, facility=case.facility)
    for each in (case, *others):
        asked(each, requester)
    free, notify = [], prompting.notify_many

    def tell(**drafts):
        with psycopg.connect(settings.DATABASE_URL) as beside:
            free.extend(beside.execute(FREE).fetchone())
        notify(**drafts)

    monkeypatch.setattr(prompting, "notify_many", tell)

    assert prompting.prompt_due(at=later(3)) == 3
    assert free == [2, 2, 2]
