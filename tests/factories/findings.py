"""Findings: valid without arguments, about a claim that is there."""

from decimal import Decimal
from typing import Any

from cases.work.findings import Finding
from integrations.canonical.models import Claim
from tests.factories.cases import denial_details
from tests.factories.integrations import ClaimFactory


def finding(claim: Claim | None = None, **fields: Any) -> Finding:
    """A claim denied for want of an authorization."""
    claim = claim or ClaimFactory()
    details = fields.pop("details", None) or denial_details()
    given = {
        "case_type": "denial",
        "key": f"denial:{claim.pk}",
        "title": "No authorization on file · 99285",
        "facility_id": claim.facility_id,
        "payer_id": claim.payer_id,
        "claim_id": claim.pk,
        "amount": Decimal("100.00"),
        "currency": "USD",
        "code": "CO-197",
        "category": "AUTH",
        "decision": details.decision,
        "reason": "Denied: CO-197",
        "correlation_id": "c0",
        "details": details,
        "facts": {"carc": "197", "mapped_queue": "authorization", "remarks": []},
    }
    return Finding(**given | fields)
