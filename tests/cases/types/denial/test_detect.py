from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.types.denial.detect import detect
from cases.work.lifecycle import Disposition
from integrations.feed.models import Record
from tests.factories.integrations import (
    AdjustmentFactory,
    ClaimFactory,
    RemarkFactory,
    RemittanceFactory,
    RemittedClaimFactory,
    ServiceLineFactory,
)


def remitted(claim, *codes, paid=0, status="1", remarks=(), on=date(2026, 2, 10), sign=1):
    """One adjudication of a claim of 100.00: a line with equal adjustments."""
    given = RemittedClaimFactory(
        claim=claim,
        remittance=RemittanceFactory(paid_on=on),
        status_code=status,
        charge=sign * claim.charge,
        paid=sign * Decimal(paid),
    )
    ServiceLineFactory(remitted_claim=given, charge=given.charge, paid=given.paid)
    for ordinal, code in enumerate(codes, start=1):
        group, carc = code.split("-")
        AdjustmentFactory(
            remitted_claim=given,
            ordinal=ordinal,
            group=group,
            carc=carc,
            amount=(given.charge - given.paid) / len(codes),
        )
    for ordinal, code in enumerate(remarks, start=1):
        RemarkFactory(remitted_claim=given, ordinal=ordinal, code=code)
    return given


def change(given, correlation_id="c0"):
    return SimpleNamespace(
        record=Record.REMITTED_CLAIM,
        record_id=given.pk,
        claim_id=given.claim_id,
        correlation_id=correlation_id,
    )


@pytest.fixture
def claim(db):
    return ClaimFactory()


def test_a_denied_claim_is_found_with_all_that_a_case_needs(claim):
    given = remitted(claim, "CO-197")

    [finding] = detect([change(given)])

    assert finding.key == f"denial:{claim.pk}"
    assert finding.title == "No auth or notification on file · 99285"
    assert (finding.code, finding.category, finding.amount) == ("CO-197", "AUTH", Decimal(100))
    assert (finding.payer_id, finding.facility_id) == (claim.payer_id, claim.facility_id)
    assert (finding.claim_id, finding.currency, finding.cycle) == (claim.pk, "USD", 1)
    assert finding.disposition is None
    assert finding.facts["mapped_queue"] == "authorization"
    assert finding.details.lines[0].adjustments[0].carc == "197"
    assert finding.correlation_id == "c0"
    assert given.remittance.trace_number in finding.reason


def test_no_patient_data_is_in_a_finding(claim):
    [finding] = detect([change(remitted(claim, "CO-197"))])

    assert claim.patient.family_name not in repr(finding)
    assert claim.patient.member_id not in repr(finding)


@pytest.mark.parametrize(
    ("codes", "status"), [(["CO-45"], "1"), (["PR-1"], "1"), (["CO-197"], "22"), ([], "1")]
)
def test_what_denies_nothing_is_no_finding(claim, codes, status):
    paid = 0 if codes else 100

    assert list(detect([change(remitted(claim, *codes, status=status, paid=paid))])) == []


def test_claim_status_four_denies_by_its_adjustments_too(claim):
    [finding] = detect([change(remitted(claim, "CO-197", status="4"))])

    assert finding.code == "CO-197"


def test_a_remark_refines_and_forbids_the_appeal(claim):
    [finding] = detect([change(remitted(claim, "CO-16", remarks=["MA130", "N290"]))])

    assert finding.category == "BILLING_DATA"
    assert finding.title.startswith("Rendering provider")
    assert finding.facts["appeal_allowed"] is False
    assert finding.facts["remarks"] == ["MA130", "N290"]


def test_an_unknown_code_is_found_with_its_alarm(claim):
    [finding] = detect([change(remitted(claim, "CO-999"))])

    assert (finding.category, finding.amount) == ("UNKNOWN", Decimal(100))
    [alarm] = finding.alarms
    assert alarm.key == "carc:999"
    assert "999" in alarm.text


def test_all_of_a_claims_adjudications_count_not_only_the_changed_one(claim):
    remitted(claim, "CO-197")
    later = remitted(claim, "CO-45", paid=80, on=date(2026, 4, 10))

    [finding] = detect([change(later)])

    assert finding.disposition is Disposition.PAID_ON_REPROCESS


@pytest.mark.parametrize("claims", [1, 12])
def test_detection_costs_the_same_queries_for_any_number_of_claims(claims, db):
    changes = [change(remitted(ClaimFactory(), "CO-197", "CO-45")) for _ in range(claims)]

    with CaptureQueriesContext(connection) as queries:
        assert len(list(detect(changes))) == claims

    # who holds what, both code maps, who may be denied, claims, appeals and corrected claims that
    # were sent, adjudications, adjustments, remarks, lines
    assert len(queries) == 11
