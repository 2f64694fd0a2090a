"""Whose a document is: what a source calls payers, vendors and facilities, turned into ours.

What no crosswalk names is not refused: an unknown payer or vendor becomes an unconfirmed one of its
own, an unknown facility is `unassigned`, until a person says who it is and a replay moves what came
before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from integrations.canonical.locks import lock
from integrations.canonical.models import (
    Facility,
    FacilityIdentifier,
    Payer,
    PayerIdentifier,
    Source,
    Vendor,
    VendorIdentifier,
)
from integrations.ports.purchasing import PartyFact

UNASSIGNED = "unassigned"
FIRST_MET = "first met in a message"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose a transaction is today. `facility_id` None: each claim's own number decides."""

    payer_id: int
    facility_id: int | None
    unassigned_id: int


def scope_of(
    *, source: Source, payer_name: str, payers: Sequence[str], payees: Sequence[str], by: User
) -> Scope:
    """Resolve a transaction's parties by this source's crosswalks, the surest identifier first.

    `payers` and `payees` are identifiers as sent; at least one of `payers` is needed.
    """
    return Scope(
        payer_id=payer_for(source=source, name=payer_name, identifiers=payers, by=by).pk,
        facility_id=facility_for(source=source, identifiers=payees),
        unassigned_id=unassigned(by=by).pk,
    )


def payer_for(*, source: Source, name: str, identifiers: Sequence[str], by: User) -> Payer:
    """The payer of the first identifier that the crosswalk names, else a new unconfirmed one."""
    held = {
        row.identifier: row.payer
        for row in PayerIdentifier.objects.filter(
            source=source, identifier__in=identifiers
        ).select_related("payer")
    }
    for identifier in identifiers:
        if identifier in held:
            return held[identifier]
    return meet(source=source, name=name, identifier=identifiers[0], by=by)


@transaction.atomic
def meet(*, source: Source, name: str, identifier: str, by: User) -> Payer:
    """Keep a payer that nobody named yet, and what this source calls it.

    Locks the identifier, so that two workers who meet it at once keep it once.
    """
    lock(f"payer {identifier}")
    held = PayerIdentifier.objects.filter(source=source, identifier=identifier).first()
    if held is not None:
        return held.payer
    payer = Payer.objects.filter(key=identifier).first()
    if payer is None:
        payer = Payer(key=identifier, name=name or identifier)
        save_because(payer, by=by, reason=FIRST_MET)
    crosswalk = PayerIdentifier(source=source, identifier=identifier, payer=payer)
    save_because(crosswalk, by=by, reason=FIRST_MET)
    return payer


def vendor_for(*, source: Source, party: PartyFact, by: User) -> Vendor:
    """The vendor of the first identifier that the crosswalk names, else one of that very key.

    A vendor that nobody named yet is kept unconfirmed, with what this source calls it. The same tax
    number or bank account make nobody the same vendor: that is for a person to say.
    """
    held = {
        row.identifier: row.vendor
        for row in VendorIdentifier.objects.filter(
            source=source, identifier__in=party.identifiers
        ).select_related("vendor")
    }
    for identifier in party.identifiers:
        if identifier in held:
            return held[identifier]
    return meet_vendor(source=source, party=party, by=by)


@transaction.atomic
def meet_vendor(*, source: Source, party: PartyFact, by: User) -> Vendor:
    """Keep a vendor that nobody named yet, and what this source calls it. Locks the identifier."""
    identifier = party.identifiers[0]
    lock(f"vendor {identifier}")
    held = VendorIdentifier.objects.filter(source=source, identifier=identifier).first()
    if held is not None:
        return held.vendor
    vendor = Vendor.objects.filter(key=identifier).first()
    if vendor is None:
        vendor = Vendor(
            key=identifier,
            name=party.name or identifier,
            tax_number=party.tax_number,
            bank_digest=party.bank_digest,
        )
        save_because(vendor, by=by, reason=FIRST_MET)
    crosswalk = VendorIdentifier(source=source, identifier=identifier, vendor=vendor)
    save_because(crosswalk, by=by, reason=FIRST_MET)
    return vendor


def facility_for(*, source: Source, identifiers: Sequence[str]) -> int | None:
    """The facility of the first identifier that the crosswalk names."""
    held = dict(
        FacilityIdentifier.objects.filter(source=source, identifier__in=identifiers).values_list(
            "identifier", "facility_id"
        )
    )
    return next((held[identifier] for identifier in identifiers if identifier in held), None)


def unassigned(*, by: User) -> Facility:
    """Where everything waits that no crosswalk names yet."""
    held = Facility.objects.filter(key=UNASSIGNED).first()
    if held is None:
        held = Facility(key=UNASSIGNED, name="Unassigned")
        save_because(held, by=by, reason="Holds what no crosswalk names yet")
    return held
