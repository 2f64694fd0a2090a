from dataclasses import replace

import pytest

from integrations.canonical.models import Claim, Facility, Payer, PayerIdentifier
from tests.factories.integrations import (
    FacilityIdentifierFactory,
    PayerIdentifierFactory,
    SourceFactory,
)
from tests.generators.remit import NPI, PAYER, Remit, paid

pytestmark = pytest.mark.django_db


def test_a_payer_is_found_by_what_its_source_calls_it(door):
    known = PayerIdentifierFactory(source=door.source, identifier=PAYER)
    PayerIdentifierFactory(source=SourceFactory(name="other"), identifier=PAYER)
    door.takes(Remit("T1", [paid("A1")]))

    assert Claim.objects.get().payer == known.payer


def test_an_unknown_payer_is_kept_unconfirmed_once(door):
    door.takes(Remit("T1", [paid("A1")], payer="NEW1", payer_name="NEW HEALTH"))
    door.takes(Remit("T2", [paid("A2")], payer="NEW1", payer_name="NEW HEALTH"))

    met = Payer.objects.get(key="NEW1")
    assert (met.name, met.is_confirmed) == ("NEW HEALTH", False)
    assert PayerIdentifier.objects.get(identifier="NEW1").payer == met
    assert met.history.get().history_change_reason == "first met in a message"


def test_a_facility_is_found_by_the_payees_npi(door):
    known = FacilityIdentifierFactory(source=door.source, identifier=NPI)
    FacilityIdentifierFactory(source=door.source, identifier="SITE9")
    door.takes(Remit("T1", [replace(paid("A1"), site="SITE9")]))

    assert Claim.objects.get().facility == known.facility


def test_else_by_each_claims_own_site(door):
    north = FacilityIdentifierFactory(source=door.source, identifier="SITE-N").facility
    south = FacilityIdentifierFactory(source=door.source, identifier="SITE-S").facility
    members = [replace(paid(f"A{site}"), site=f"SITE-{site}") for site in "NSX"]
    door.takes(Remit("T1", members))

    found = {claim.patient_control_number: claim.facility for claim in Claim.objects.all()}
    unassigned = Facility.objects.get(key="unassigned")
    assert found == {"AN": north, "AS": south, "AX": unassigned}
