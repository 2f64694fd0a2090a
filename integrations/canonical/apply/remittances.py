"""The payment itself: found by its key, inserted once, and what each reading of it found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.canonical.apply.staging import PROVIDER_ADJUSTMENT, copy, execute, fetch
from integrations.canonical.apply.versions import cents, day, payee_key, payer_key
from integrations.canonical.crosswalks import Scope
from integrations.canonical.locks import lock
from integrations.canonical.models import Remittance, RemittanceReading, RemittedClaim
from integrations.ports.facts import ProviderAdjustmentFact, RemittanceFact

INSERT_CLAIMS = """
INSERT INTO integrations_remittedclaim
    (id, remittance_id, claim_id, digest, ordinal, status_code, charge, paid,
     patient_responsibility, filing_indicator, payer_control_number, facility_code,
     frequency_code, service_from, service_to, received_on, position)
SELECT staged.remitted_claim_id, %(remittance)s::bigint, claim.id, staged.digest, staged.ordinal,
       staged.status_code, staged.charge, staged.paid, staged.patient_responsibility,
       staged.filing_indicator, staged.payer_control_number, staged.facility_code,
       staged.frequency_code, staged.service_from, staged.service_to, staged.received_on,
       staged.position
FROM stage_claim AS staged
JOIN integrations_claim AS claim
  ON claim.patient_control_number = staged.patient_control_number
 AND claim.payer_identifier = %(payer_identifier)s
 AND claim.payee_identifier = %(payee_identifier)s
WHERE staged.is_new
"""
INSERT_READING = """
INSERT INTO integrations_remittancereading
    (remittance_id, digest, claim_count, quarantined_count, paid_total,
     provider_adjustment_total, is_balanced, is_complete, correlation_id)
VALUES (%(remittance)s, %(digest)s, %(claims)s, %(quarantined)s, %(paid)s, %(adjusted)s,
        %(is_balanced)s, %(is_complete)s, %(correlation_id)s)
ON CONFLICT (remittance_id, digest) DO NOTHING
"""
HELD_ADJUSTMENTS = """
SELECT provider_identifier, fiscal_period_end, reason, reference, amount
FROM integrations_provideradjustment WHERE remittance_id = %s
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A remittance that is there already, and whether its newest reading was whole."""

    remittance: Remittance
    digests: frozenset[str]
    is_complete: bool

    def members(self) -> Counter[str]:
        """Its claims: how often each digest stands in it."""
        return Counter(
            RemittedClaim.objects.filter(remittance=self.remittance)
            .order_by()
            .values_list("digest", flat=True)
            .iterator()
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a transaction found; amounts in its currency."""

    digest: str
    claims: int
    quarantined: int
    paid: Decimal
    adjusted: Decimal
    is_balanced: bool
    is_complete: bool


def find(header: RemittanceFact) -> Held | None:
    """The remittance with this transaction's key, locked against twins until the caller commits."""
    key = (
        payer_key(header),
        payee_key(header),
        header.trace_number,
        day(header.paid_on),
        cents(header.amount),
    )
    lock("remittance " + "\x1f".join(key))
    remittance = Remittance.objects.filter(
        payer_identifier=payer_key(header),
        payee_identifier=payee_key(header),
        trace_number=header.trace_number,
        amount=header.amount,
        **({"paid_on": header.paid_on} if header.paid_on else {"paid_on__isnull": True}),
    ).first()
    if remittance is None:
        return None
    readings = list(RemittanceReading.objects.filter(remittance=remittance).order_by("pk"))
    return Held(
        remittance,
        digests=frozenset(reading.digest for reading in readings),
        is_complete=any(reading.is_complete for reading in readings),
    )


def insert(
    header: RemittanceFact, *, source: int, scope: Scope, currency: str, correlation_id: str
) -> Remittance:
    """A payment that is not held yet."""
    return Remittance.objects.create(
        source_id=source,
        payer_identifier=payer_key(header),
        payee_identifier=payee_key(header),
        trace_number=header.trace_number,
        paid_on=header.paid_on,
        amount=header.amount,
        payer_id=scope.payer_id,
        facility_id=scope.facility_id or scope.unassigned_id,
        method=header.method,
        produced_on=header.produced_on,
        currency=currency,
        correlation_id=correlation_id,
    )


def insert_claims(remittance: Remittance) -> int:
    """The staged adjudications, each of its claim; returns how many."""
    return execute(
        INSERT_CLAIMS,
        {
            "remittance": remittance.pk,
            "payer_identifier": remittance.payer_identifier,
            "payee_identifier": remittance.payee_identifier,
        },
    )


def insert_provider_adjustments(
    remittance: Remittance, facts: Sequence[ProviderAdjustmentFact]
) -> None:
    """Those that are not held yet: a multiset, as claims are."""
    held = Counter(fetch(HELD_ADJUSTMENTS, [remittance.pk]))
    ordinal, rows = held.total(), []
    for fact in facts:
        content = (
            fact.provider_identifier,
            fact.fiscal_period_end,
            fact.reason,
            fact.reference,
            fact.amount,
        )
        if held[content]:
            held[content] -= 1
            continue
        ordinal += 1
        rows.append((remittance.pk, ordinal, *content))
    copy(PROVIDER_ADJUSTMENT, rows)


def insert_reading(remittance: Remittance, reading: Reading, *, correlation_id: str) -> None:
    """Note what was found this time."""
    execute(
        INSERT_READING,
        {
            "remittance": remittance.pk,
            "digest": reading.digest,
            "claims": reading.claims,
            "quarantined": reading.quarantined,
            "paid": reading.paid,
            "adjusted": reading.adjusted,
            "is_balanced": reading.is_balanced,
            "is_complete": reading.is_complete,
            "correlation_id": correlation_id,
        },
    )
