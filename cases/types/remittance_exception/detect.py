"""From changed remittances to findings: one that does not balance waits for a poster.

Source of the rule: the house's domain rules on balancing the 835: a transaction that does not
balance, a truncated one included, goes in all the same, is marked, and opens one exception.
"""

from collections.abc import Collection, Iterator, Sequence

from cases.types.remittance_exception.details import RemittanceDetails
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.sets import any_id, any_text
from cases.work.types import Change
from integrations.canonical.models import Remittance, RemittanceReading

KEY = "remittance_exception"
UNBALANCED, INCOMPLETE = "UNBALANCED", "INCOMPLETE"


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How each changed remittance stands by its newest reading; nothing if it always balanced."""
    correlations = {change.record_id: change.correlation_id for change in changes}
    readings = newest_readings(correlations)
    keys = {_key(reading.remittance) for reading in readings}
    known = set(Case.objects.filter(key=any_text(keys)).values_list("key", flat=True))
    for reading in readings:
        if not reading.is_balanced or _key(reading.remittance) in known:
            yield finding_of(reading, correlation_id=correlations[reading.remittance_id])


def newest_readings(remittance_ids: Collection[int]) -> list[RemittanceReading]:
    """The reading that holds, of each remittance. One query."""
    return list(
        RemittanceReading.objects.filter(remittance_id=any_id(remittance_ids))
        .select_related("remittance")
        .order_by("remittance_id", "-pk")
        .distinct("remittance_id")
    )


def finding_of(reading: RemittanceReading, *, correlation_id: str) -> Finding:
    """A reading as a finding: it stands while the reading does not balance."""
    remittance, details = reading.remittance, details_of(reading)
    words = "Remittance does not balance" if reading.is_complete else "Remittance is incomplete"
    return Finding(
        case_type=KEY,
        key=_key(remittance),
        title=f"{words} · {remittance.trace_number}",
        facility_id=remittance.facility_id,
        payer_id=remittance.payer_id,
        remittance_id=remittance.pk,
        amount=abs(details.difference),
        currency=remittance.currency,
        code=UNBALANCED if reading.is_complete else INCOMPLETE,
        decision=reading.digest,
        disposition=Disposition.CORRECTED if reading.is_balanced else None,
        reason=_reason(details, remittance.currency),
        correlation_id=correlation_id,
        details=details,
    )


def details_of(reading: RemittanceReading) -> RemittanceDetails:
    """The details of a reading."""
    remittance = reading.remittance
    expected = reading.paid_total - reading.provider_adjustment_total
    return RemittanceDetails(
        reading=reading.digest,
        trace=remittance.trace_number,
        paid_on=remittance.paid_on,
        payment=remittance.amount,
        claims_paid=reading.paid_total,
        provider_adjustments=reading.provider_adjustment_total,
        difference=remittance.amount - expected,
        claim_count=reading.claim_count,
        quarantined_count=reading.quarantined_count,
        is_balanced=reading.is_balanced,
        is_complete=reading.is_complete,
    )


def _reason(details: RemittanceDetails, currency: str) -> str:
    if details.is_balanced:
        return "A later reading of the remittance completes and balances it."
    return (
        f"The payment of {details.payment} {currency} is not what its claims and provider"
        f" adjustments come to: {details.difference} {currency} apart."
    )


def _key(remittance: Remittance) -> str:
    return f"{KEY}:{remittance.pk}"
