"""Claims and payments by the API: in scope, exact, masked, at a constant cost."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.canonical.models import (
    Adjustment,
    ProviderAdjustment,
    Remark,
    RemittanceReading,
    RemittedClaim,
    ServiceLine,
)
from tests.factories.integrations import AcknowledgementFactory
from tests.house import CANARY

pytestmark = pytest.mark.django_db
CLAIMS, REMITTANCES = "/api/v1/claims/", "/api/v1/remittances/"


@pytest.fixture
def client(house):
    return house.client(house.person("denial_specialist"))


def adjudicated(house, remittance, claim, *, ordinal: int = 1) -> RemittedClaim:
    """A claim in a payment, with a line, an adjustment and a remark."""
    made = RemittedClaim.objects.create(
        remittance=remittance,
        claim=claim,
        digest=f"digest {claim.pk}",
        ordinal=ordinal,
        status_code="1",
        charge=Decimal("500.00"),
        paid=Decimal("100.00"),
        position=10,
    )
    ServiceLine.objects.create(
        remitted_claim=made,
        ordinal=1,
        procedure="99213",
        charge=Decimal("500.00"),
        paid=Decimal("100.00"),
    )
    Adjustment.objects.create(
        remitted_claim=made,
        line_ordinal=1,
        ordinal=1,
        group="CO",
        carc="197",
        amount=Decimal("400.00"),
    )
    Remark.objects.create(remitted_claim=made, line_ordinal=1, ordinal=1, place="line", code="N54")
    return made


def test_a_claim_is_shown_exact_and_masked(house, client):
    claim = house.claim()

    shown = client.get(f"{CLAIMS}{claim.public_id}/").data

    assert shown["charge"] == "500.00"
    assert shown["patient"] == "D•••, J•••"
    assert "pk" not in shown


def test_a_claim_tells_what_payers_made_of_it(house, client):
    claim, remittance = house.claim(), house.remittance()
    adjudicated(house, remittance, claim)

    (one,) = client.get(f"{CLAIMS}{claim.public_id}/adjudications/").data["results"]

    assert (str(one["claim"]), str(one["remittance"])) == (
        str(claim.public_id),
        str(remittance.public_id),
    )
    assert one["lines"][0]["procedure"] == "99213"
    assert one["adjustments"] == [
        {"line": 1, "group": "CO", "carc": "197", "amount": "400.00", "quantity": None}
    ]
    assert one["remarks"] == [{"line": 1, "place": "line", "code": "N54"}]


def test_a_payment_comes_with_its_newest_reading_and_its_own_adjustments(house, client):
    remittance = house.remittance()
    for digest, count in (("first", 1), ("second", 2)):
        RemittanceReading.objects.create(
            remittance=remittance,
            digest=digest,
            claim_count=count,
            quarantined_count=0,
            paid_total=Decimal("1244.50"),
            provider_adjustment_total=Decimal("10.00"),
            is_balanced=True,
            is_complete=True,
        )
    ProviderAdjustment.objects.create(
        remittance=remittance,
        ordinal=1,
        reason="WO",
        amount=Decimal("10.00"),
        fiscal_period_end=date(2026, 12, 31),
    )

    shown = client.get(f"{REMITTANCES}{remittance.public_id}/").data

    assert shown["amount"] == "1234.50"
    assert (shown["reading"]["claim_count"], shown["reading"]["is_balanced"]) == (2, True)
    assert [(each["reason"], each["amount"]) for each in shown["provider_adjustments"]] == [
        ("WO", "10.00")
    ]


def test_a_payments_claims_are_those_of_ones_own_sites(house, client):
    remittance, mine = house.remittance(), house.claim()
    adjudicated(house, remittance, mine)
    adjudicated(house, remittance, house.claim(house.south))

    answer = client.get(f"{REMITTANCES}{remittance.public_id}/claims/")

    assert [str(each["claim"]) for each in answer.data["results"]] == [str(mine.public_id)]
    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 25])
@pytest.mark.parametrize(("address", "queries"), [("claims", 3), ("remittances", 4)])
def test_lists_cost_the_same_queries_for_any_number_of_rows(
    address, queries, rows, house, client, django_assert_num_queries
):
    for _ in range(rows):
        house.claim() if address == "claims" else house.remittance()

    # token, facility grants, the page; a payment's readings
    with django_assert_num_queries(queries):
        answer = client.get(f"/api/v1/{address}/")

    assert len(answer.data["results"]) == rows


@pytest.mark.parametrize("rows", [1, 25])
def test_a_payments_claims_cost_the_same_queries_for_any_number(
    rows, house, client, django_assert_num_queries
):
    remittance = house.remittance()
    for _ in range(rows):
        adjudicated(house, remittance, house.claim())

    # token, facility grants, the payment, its readings, the page, its lines, adjustments, remarks
    with django_assert_num_queries(8):
        answer = client.get(f"{REMITTANCES}{remittance.public_id}/claims/")

    assert len(answer.data["results"]) == rows


@pytest.mark.parametrize(
    ("address", "query", "found"),
    [
        ("claims", {"payer": "test-payer"}, 1),
        ("claims", {"facility": "test-south"}, 0),
        ("claims", {"service_from_after": "2026-01-10"}, 1),
        ("claims", {"service_from_before": "2026-01-10"}, 0),
        ("remittances", {"source": "clearinghouse"}, 1),
        ("remittances", {"trace_number": "TRACE"}, 0),
        ("remittances", {"paid_from": "2026-03-01", "paid_before": "2026-03-02"}, 1),
    ],
)
def test_filters_narrow_lists(address, query, found, house, client):
    house.claim()
    house.claim(house.south)
    house.remittance()
    house.remittance(house.south)

    assert len(client.get(f"/api/v1/{address}/", query).data["results"]) == found


def test_a_claims_acknowledgements_are_those_about_it(client, house):
    case = house.case()
    said = {
        "patient_control_number": case.claim.patient_control_number,
        "payer_identifier": case.claim.payer_identifier,
        "payee_identifier": case.claim.payee_identifier,
        "service_from": case.claim.service_from,
    }
    report = AcknowledgementFactory(**said)
    AcknowledgementFactory(**{**said, "payer_identifier": "another payer"})

    answer = client.get(f"{CLAIMS}{case.claim.public_id}/acknowledgements/").json()

    assert [each["id"] for each in answer["results"]] == [str(report.public_id)]
    assert answer["results"][0]["standing"] == "accepted"
