"""What orders facts about one claim, and what makes two readings of a transaction the same.

Both are functions of what was sent alone, so that any order of arrival ends in the same records.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from integrations.ports.facts import (
    PREDETERMINATION_STATUS,
    ProviderAdjustmentFact,
    RemittanceFact,
    RemittedClaimFact,
)

UNNAMED = "unnamed"


def claim_version(
    header: RemittanceFact, fact: RemittedClaimFact, *, digest: str, ordinal: int
) -> str:
    """How new a claim's facts are, as text that sorts by code point.

    The payment's date decides, then when it was produced, then its number. Within one remittance a
    reversal stands before the correction that follows it, wherever it stood in the file.
    """
    takes_back = fact.is_reversal or fact.status_code == PREDETERMINATION_STATUS
    return "|".join(
        (
            day(header.paid_on),
            day(header.produced_on),
            header.trace_number,
            "0" if takes_back else "1",
            digest,
            f"{ordinal:06}",
        )
    )


def transaction_digest(
    header: RemittanceFact,
    claims: Iterable[str],
    provider_adjustments: Iterable[ProviderAdjustmentFact],
) -> str:
    """SHA-256 (hex) of a transaction's business content.

    Claims and provider adjustments are multisets. Left out is what another sending of the same
    payment may change: control numbers, production date, places in the file.
    """
    content = hashlib.sha256()
    for word in (*header_words(header), *sorted(claims)):
        content.update(word.encode() + b"\n")
    for word in sorted("\x1f".join(words(fact)) for fact in provider_adjustments):
        content.update(word.encode() + b"\n")
    return content.hexdigest()


def header_words(header: RemittanceFact) -> tuple[str, ...]:
    """What a payment is known by."""
    return (
        payer_key(header),
        payee_key(header),
        header.trace_number,
        day(header.paid_on),
        cents(header.amount),
        header.currency,
        header.method,
    )


def words(fact: ProviderAdjustmentFact) -> tuple[str, ...]:
    """A provider adjustment's content."""
    return (
        fact.provider_identifier,
        day(fact.fiscal_period_end),
        fact.reason,
        fact.reference,
        cents(fact.amount),
    )


def payer_key(header: RemittanceFact) -> str:
    """The payer as sent: its surest identifier, else its name."""
    return (*header.payer_identifiers, header.payer_name or UNNAMED)[0]


def payee_key(header: RemittanceFact) -> str:
    """The payee as sent: its surest identifier, else its name."""
    return (*header.payee_identifiers, header.payee_name or UNNAMED)[0]


def day(value: date | None) -> str:
    """ISO 8601, or nothing."""
    return value.isoformat() if value else ""


def cents(amount: Decimal) -> str:
    """An amount with exactly two decimals, however it was written."""
    return f"{amount:.2f}"
