"""From how claims were paid to cases at the contract desk, and to their end."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from cases.actions.opening import open_many
from cases.types.payment_variance.detect import detect
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from integrations.feed.models import Record
from tests.factories.contracts import ContractRateFactory
from tests.factories.integrations import (
    AdjustmentFactory,
    ClaimFactory,
    RemittanceFactory,
    RemittedClaimFactory,
    ReversalFactory,
    ServiceLineFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def rate():
    return ContractRateFactory()


def paid(rate, *, withheld="240.00", claim=None, paid_on=date(2026, 2, 2), **fields):
    """A visit of 500.00 of which so much was taken off as contractual."""
    claim = claim or ClaimFactory(payer=rate.payer)
    made = RemittedClaimFactory(
        claim=claim,
        remittance=RemittanceFactory(payer=claim.payer, paid_on=paid_on),
        charge="500.00",
        paid=Decimal(500) - Decimal(withheld),
        service_from=date(2026, 1, 10),
        **fields,
    )
    ServiceLineFactory(remitted_claim=made, charge="500.00", paid=made.paid)
    AdjustmentFactory(remitted_claim=made, carc="45", amount=withheld)
    return made


def change(adjudication):
    return SimpleNamespace(
        record=Record.REMITTED_CLAIM,
        record_id=adjudication.pk,
        claim_id=adjudication.claim_id,
        correlation_id="c0",
    )


def seen(*adjudications):
    open_many(findings=detect([change(each) for each in adjudications]), at=AT)
    return list(Case.objects.filter(case_type="payment_variance").order_by("pk"))


def test_what_was_paid_below_the_contract_waits_at_the_contract_desk(rate):
    [case] = seen(paid(rate))

    assert (case.queue.key, case.code) == ("contract", "UNDERPAID")
    assert case.amount_at_risk == Decimal("40.00")
    [line] = case.details["lines"]
    assert (line["allowed"], line["citation"]) == ("300.00", rate.citation)


def test_what_was_paid_as_the_contract_says_is_no_case(rate):
    assert seen(paid(rate, withheld="200.00")) == []


def test_a_payer_without_rates_is_not_judged(rate):
    other = ClaimFactory()

    assert seen(paid(rate, claim=other)) == []


def test_a_rate_in_other_money_prices_nothing():
    assert seen(paid(ContractRateFactory(currency="EUR"))) == []


def test_what_was_paid_nobody_knows_when_is_not_the_newest(rate):
    told = paid(rate)

    [case] = seen(told, paid(rate, withheld="200.00", claim=told.claim, paid_on=None))

    assert case.amount_at_risk == Decimal("40.00")


@pytest.mark.parametrize("status", ["2", "4", "22"])
def test_only_what_was_processed_as_primary_is_judged(rate, status):
    assert seen(paid(rate, status_code=status)) == []


def test_it_closes_when_the_payer_pays_the_difference(rate):
    first = paid(rate)
    seen(first)
    back = RemittedClaimFactory(claim=first.claim, status_code="22", paid=-first.paid)
    ReversalFactory(reversal=back, reversed_claim=first)
    again = paid(rate, withheld="200.00", claim=first.claim, paid_on=date(2026, 2, 20))

    [case] = seen(back, again)

    assert (case.status, case.disposition) == (CaseStatus.CLOSED, Disposition.PAID_ON_REPROCESS)


def test_the_same_facts_again_change_nothing(rate):
    held = paid(rate)
    [case] = seen(held)

    assert [each.version for each in seen(held)] == [case.version]


def test_the_queries_do_not_grow_with_the_claims(rate, django_assert_max_num_queries):
    held = [paid(rate) for _ in range(6)]

    with django_assert_max_num_queries(4):
        assert len(list(detect([change(each) for each in held]))) == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": Decimal("0.65")},
        {"rate": None},
        {"rate": Decimal(0)},
        {"rate": None, "share": Decimal("1.01")},
        {"citation": ""},
        {"code": ""},
        {"valid_to": date(2026, 1, 1)},
    ],
)
def test_a_rate_is_one_thing_cited_and_dated(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractRateFactory(**wrong)


def test_one_rate_holds_at_a_time(rate):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractRateFactory(payer=rate.payer, valid_from=date(2026, 5, 1))
