"""Which reports are about a claim, and which are not although they bear its number."""

from datetime import date

import pytest

from integrations.canonical.models import Acknowledgement
from tests.factories.integrations import (
    AcknowledgementFactory,
    ClaimFactory,
    FacilityIdentifierFactory,
    PayerIdentifierFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    return ClaimFactory(patient_control_number="A1")


def about(claim):
    return list(Acknowledgement.objects.about(claim).oldest_first())


def test_the_same_number_payer_provider_and_day_is_the_claim(claim):
    report = AcknowledgementFactory(patient_control_number="A1")

    assert about(claim) == [report]


@pytest.mark.parametrize(
    "other",
    [
        {"patient_control_number": "A2"},
        {"payer_identifier": "P00002"},
        {"payee_identifier": "9999999999"},
        {"service_from": date(2026, 3, 1)},
    ],
    ids=["number", "payer", "provider", "visit"],
)
def test_another_claim_is_another(claim, other):
    AcknowledgementFactory(**{"patient_control_number": "A1", **other})

    assert about(claim) == []


def test_the_crosswalks_of_today_say_who_a_payer_and_a_provider_are(claim):
    report = AcknowledgementFactory(
        patient_control_number="A1", payer_identifier="CH-77", payee_identifier="12-3456789"
    )
    assert about(claim) == []

    PayerIdentifierFactory(payer=claim.payer, identifier="CH-77")
    FacilityIdentifierFactory(facility=claim.facility, identifier="12-3456789")

    assert about(claim) == [report]


@pytest.mark.parametrize("unsaid", [{"payee_identifier": ""}, {"service_from": None}])
def test_what_a_report_leaves_out_is_not_held_against_it(claim, unsaid):
    report = AcknowledgementFactory(**{"patient_control_number": "A1", **unsaid})

    assert about(claim) == [report]


def test_the_oldest_stands_first(claim):
    late = AcknowledgementFactory(patient_control_number="A1", received_on=date(2026, 2, 1))
    early = AcknowledgementFactory(patient_control_number="A1", received_on=date(2026, 1, 9))

    assert about(claim) == [early, late]
