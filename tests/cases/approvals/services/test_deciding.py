"""Deciding: few statements, whole record."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing_portal.audit.models import AuditEvent
from cases.approvals.models import ApprovalRequest
from cases.approvals.services import Verdict, decide
from cases.approvals.vocabulary import Act
from tests.factories.approvers import HOUR, asked, decided
from tests.factories.cases import OPENED


def test_a_decision_that_is_not_the_last_takes_six_statements(case, somebody, requester):
    """Scope, case, request, acts, voices, and one that writes."""
    supervisor, approval = somebody("queue_supervisor"), asked(case, requester, "2500.00")
    verdict = Verdict(Act.APPROVE, "", approval.version, approval.digest)

    with transaction.atomic(), CaptureQueriesContext(connection) as taken:
        done = decide(approval=approval, verdict=verdict, by=supervisor, at=OPENED + HOUR)

    said = [each["sql"].strip("( \n").split()[0] for each in taken.captured_queries]
    assert said == [*["SELECT"] * 4, "WITH", "WITH"]
    assert (done.step, done.seats) == (1, ["role:rc_manager"])


def test_what_is_written_is_what_is_returned(case, somebody, requester):
    supervisor, approval = somebody("queue_supervisor"), asked(case, requester, "2500.00")

    done = decided(approval, supervisor)

    kept = ApprovalRequest.objects.get(pk=approval.pk)
    for field in ApprovalRequest._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(done, field.attname), field.name
    newest = kept.history.latest()
    assert (newest.version, newest.step, newest.history_user) == (kept.version, 1, supervisor)
    event = AuditEvent.objects.get(chain=f"case:{case.pk}", verb="approval.approve")
    assert event.actor == supervisor
    assert event.reason == "Looked at it"


def test_a_decision_without_words_says_approved(case, somebody, requester):
    done = decided(asked(case, requester), somebody("team_lead"), reason=" ")

    assert done.acts.get(act=Act.APPROVE).reason == "Approved"
