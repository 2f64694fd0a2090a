"""The demo's approvers have something to sign, and something that was signed."""

import pytest

from billing_portal.accounts.models import User
from billing_portal.management.demo import approvals
from cases.approvals.models import ApprovalRequest
from cases.approvals.queries import waiting_for
from cases.effects.models import Effect
from integrations.canonical.models import LedgerEntry
from integrations.outbox.models import OutboxMessage
from tests.billing_portal.management.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_one_refund_is_granted_by_others_and_on_its_way_to_the_ledger(played):
    granted = ApprovalRequest.objects.get(state="approved")

    assert granted.requested_by_id not in set(
        granted.acts.filter(act="approve").values_list("person", flat=True)
    )
    assert Effect.objects.filter(request_reference=granted.reference).exists()
    assert OutboxMessage.objects.filter(state="pending").exists()


def test_a_refund_an_invoice_and_a_write_off_wait_for_somebody_who_may_decide(played):
    waiting = ApprovalRequest.objects.filter(state="pending")

    assert {"patient_refund", "invoice_variance", "write_off"} <= set(
        waiting.values_list("matter", flat=True)
    )
    for each in waiting:
        people = User.objects.filter(kind="person")
        assert any(each in waiting_for(person, at=NOW) for person in people), each.matter


def test_what_was_asked_is_not_asked_again(played):
    before = ApprovalRequest.objects.count()
    approvals.ask(now=NOW)

    assert ApprovalRequest.objects.count() == before


def test_no_payment_is_of_a_day_to_come(played):
    assert not LedgerEntry.objects.filter(posted_on__gt=NOW.date()).exists()
