"""Keeping a batch, and what is on record of it."""

from decimal import Decimal

import pytest

from billing_portal.audit.models import AuditEvent
from cases.types.small_balance import services
from cases.types.small_balance.services import BatchRefused
from tests.factories.approvers import approvers
from tests.factories.balances import batch_of
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.django_db


def test_the_draw_is_on_record_with_its_seed():
    case = batch_of("4.00", "9.99")
    batch = case.small_balances

    event = AuditEvent.objects.get(chain=f"case:{case.pk}", verb="small_balance.drawn")

    assert batch.seed in event.body
    assert (batch.total, batch.share) == (Decimal("13.99"), Decimal("0.05"))
    assert len(batch.seed) == 32


def test_another_case_is_no_batch():
    case = CaseFactory()
    by = approvers(case)("denial_specialist")

    with pytest.raises(BatchRefused):
        services.locked(case, by=by, reason="A look", seen_version=case.version)
