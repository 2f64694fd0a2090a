"""What payers take and give outside of claims, followed to zero."""

from datetime import date
from decimal import Decimal

import pytest

from cases.types.refund.provider_ledger import balances, control_numbers, naming
from integrations.canonical.models import Claim, Remittance
from tests.factories.integrations import (
    ClaimFactory,
    PayerFactory,
    ProviderAdjustmentFactory,
    RemittanceFactory,
)
from tests.factories.refunds import ResearchFactory, ReturnFactory, credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(db):
    return PayerFactory(name="A plan")


def adjust(payer, reason, amount, reference="ICN1", day=10):
    remittance = RemittanceFactory(payer=payer, paid_on=date(2026, 2, day))
    return ProviderAdjustmentFactory(
        remittance=remittance, reason=reason, reference=reference, amount=Decimal(amount)
    )


def found():
    return balances(Remittance.objects.all(), claims=Claim.objects.all())


@pytest.mark.parametrize(
    ("reference", "numbers"),
    [
        ("ICN1", {"ICN1"}),
        ("WO:ICN1/2026", {"WO:ICN1/2026", "WO", "ICN1", "2026"}),
        ("  AV-000123 ", {"AV-000123"}),
        ("", set()),
    ],
)
def test_a_reference_is_the_claims_number_or_holds_it(reference, numbers):
    assert control_numbers(reference) == numbers


def test_what_is_taken_stays_open_until_it_comes_to_nothing(payer):
    adjust(payer, "WO", "100.00")
    [balance] = found()
    assert (balance.total, balance.open, balance.is_paired) == (100, 100, False)

    adjust(payer, "72", "-100.00", day=20)
    [balance] = found()
    assert (balance.open, balance.is_paired) == (0, True)
    assert [line.reason for line in balance.lines] == ["WO", "72"]


def test_a_balance_carried_forward_and_taken_later_comes_to_nothing(payer):
    adjust(payer, "FB", "-55.10")
    adjust(payer, "FB", "30.00", day=17)
    adjust(payer, "FB", "25.10", day=24)

    assert [balance.open for balance in found()] == [0]


def test_payers_and_references_are_kept_apart_and_what_is_open_comes_first(payer):
    adjust(payer, "WO", "10.00", reference="A")
    adjust(payer, "WO", "20.00", reference="B")
    adjust(payer, "72", "-20.00", reference="B")
    adjust(PayerFactory(name="Another plan"), "WO", "10.00", reference="A")
    adjust(payer, "L6", "-3.00", reference="A")

    assert [(b.payer.name, b.reference, b.open) for b in found()] == [
        ("A plan", "A", 10),
        ("Another plan", "A", 10),
        ("A plan", "B", 0),
    ]


def test_it_is_linked_to_its_claim_and_to_what_the_payer_was_let_recoup(payer):
    claim = ClaimFactory(payer=payer, patient_control_number="C9", payer_control_number="ICN9")
    case = credit(payer=payer, claim="C9", facility=claim.facility)
    research = ResearchFactory(case=case, outcome="of_payer", payer=payer)
    ReturnFactory(research=research)
    adjust(payer, "WO", "120.00", reference="ICN9")

    [balance] = found()

    assert (balance.claim, balance.case, balance.returned) == (claim, case, 120)
    assert balance.open == 0


@pytest.mark.parametrize("rows", [1, 25])
def test_the_queries_do_not_grow(payer, rows, django_assert_num_queries):
    for number in range(rows):
        adjust(payer, "WO", "1.00", reference=f"R{number}")

    # the adjustments, their payers, the claims they may name
    with django_assert_num_queries(3):
        assert len(found()) == rows


def test_only_references_that_may_name_a_claim_are_read(payer):
    for reference in ("ICN1", "WO:ICN1/2026", "  ICN1 ", "ICN12", "X-ICN1", ""):
        adjust(payer, "WO", "10.00", reference=reference)

    read = naming({"ICN1", ""}).values_list("reference", flat=True)

    assert set(read) == {"ICN1", "WO:ICN1/2026", "  ICN1 "}
