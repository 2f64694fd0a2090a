from decimal import Decimal

import pytest

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent
from cases.priority.models import Weighting
from cases.priority.services import weigh

pytestmark = pytest.mark.django_db


def test_other_weights_are_another_version_on_record():
    made = weigh(weights={"money": Decimal(50)}, by=system_actor("tests"), reason="Cash is short")

    assert made.number == 2
    assert Weighting.objects.get(number=1).money == Decimal(35)
    assert AuditEvent.objects.get(chain="config:weighting").reason == "Cash is short"
