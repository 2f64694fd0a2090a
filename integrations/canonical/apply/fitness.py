"""What cannot be kept, told before the database would refuse it, in words for who mends it."""

import re

from integrations.canonical.models import AdjustmentGroup
from integrations.ports.facts import (
    ProviderAdjustmentFact,
    RemittanceFact,
    RemittedClaimFact,
    places_of,
)

LONGEST = 200
GROUPS = frozenset(AdjustmentGroup.values)
CURRENCY = re.compile("[A-Z]{3}")


def unfit_claim(fact: RemittedClaimFact) -> str:
    """Why a claim cannot be kept; empty when it can."""
    if not fact.patient_control_number:
        return "The claim has no patient control number (CLP01)."
    if any(len(text) > LONGEST for text in claim_texts(fact)):
        return f"An identifier or name is longer than {LONGEST} characters."
    for place in places_of(fact):
        for cas in place.adjustments:
            if cas.group not in GROUPS:
                return f"The adjustment group {cas.group[:4]!r} (CAS01) is not one of the standard."
            if not cas.carc:
                return "An adjustment has no reason code."
    return ""


def claim_texts(fact: RemittedClaimFact) -> tuple[str, ...]:
    """The texts of a claim that are looked up, and so stand in an index."""
    parties = [party for party in (fact.patient, fact.subscriber, fact.rendering) if party]
    return (
        fact.patient_control_number,
        fact.payer_control_number,
        fact.provider_identifier,
        *(text for party in parties for text in (party.name, party.given, party.identifier)),
    )


def unfit_header(header: RemittanceFact) -> str:
    """Why a transaction cannot be kept; empty when it can."""
    texts = (
        header.trace_number,
        header.payer_name,
        header.payee_name,
        header.method,
        *header.payer_identifiers,
        *header.payee_identifiers,
    )
    if any(len(text) > LONGEST or "\0" in text for text in texts):
        return f"The header has a text of more than {LONGEST} characters."
    if header.currency and not CURRENCY.fullmatch(header.currency):
        return "The currency (CUR02) is not a code of three letters."
    return ""


def unfit_provider_adjustment(fact: ProviderAdjustmentFact) -> str:
    """Why a provider adjustment cannot be kept; empty when it can."""
    texts = (fact.provider_identifier, fact.reason, fact.reference)
    if any(len(text) > LONGEST or "\0" in text for text in texts):
        return f"A provider adjustment (PLB) has a text of more than {LONGEST} characters."
    return ""
