"""From changed accounts to findings, and from findings to cases that no machine clears."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from cases.actions.opening import open_many
from cases.types.refund import CASE_TYPE
from cases.types.refund.detect import detect
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from integrations.feed.models import Record
from tests.factories.integrations import ClaimFactory, FacilityFactory, PayerFactory
from tests.factories.ledgers import account, posting

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def change(account):
    return SimpleNamespace(
        record=Record.ACCOUNT, record_id=account.pk, claim_id=None, correlation_id="c0"
    )


def in_credit(amount, payer=None, **fields):
    who = {"payer_id": payer.pk, "rank": 1} if payer else {}
    paid = [posting("payment", -Decimal(each), **who) for each in ("300.00", amount)]
    return account(posting("charge", 300), *paid, **fields)


def opened(*accounts):
    open_many(findings=detect([change(each) for each in accounts]), at=AT)
    return Case.objects.order_by("pk")


def test_an_account_that_owes_is_no_finding():
    assert list(detect([change(account(posting("charge", 300)))])) == []


def test_a_credit_opens_a_case_of_its_account_at_the_commercial_desk():
    found = in_credit("120.00")

    [case] = opened(found)

    assert (case.account, case.facility, case.amount_at_risk) == (found, found.facility, 120)
    assert case.queue.key == "credit-commercial"
    assert case.details["shares"] == [{"payer_id": None, "name": "Patient", "amount": "120.00"}]


@pytest.mark.parametrize(
    ("payer_class", "queue"),
    [
        ("medicare", "credit-government"),
        ("medicaid", "credit-government"),
        ("commercial", "credit-commercial"),
        ("unknown", "credit-commercial"),
    ],
)
def test_whose_law_it_is_under_decides_the_desk(payer_class, queue):
    payer = PayerFactory(payer_class=payer_class)

    [case] = opened(in_credit("120.00", payer))

    assert (case.queue.key, case.payer) == (queue, payer)
    assert case.details["is_federal"] is (queue == "credit-government")


def test_of_several_payers_the_federal_one_leads_whoever_gets_back_first():
    medicare = PayerFactory(payer_class="medicare")
    other = PayerFactory(payer_class="commercial")
    found = account(
        posting("charge", 300),
        posting("payment", -350, payer_id=medicare.pk, rank=1),
        posting("payment", -40, payer_id=other.pk, rank=2),
    )

    [case] = opened(found)

    assert [share["payer_id"] for share in case.details["shares"]] == [other.pk, medicare.pk]
    assert (case.payer, case.queue.key) == (medicare, "credit-government")


def test_golden_17_a_credit_of_four_dollars_is_never_cleared_by_itself():
    found = in_credit("4.00")
    [case] = opened(found)
    for _ in range(3):
        assert open_many(findings=detect([change(found)]), at=AT) == []

    case.refresh_from_db()
    assert (case.status, case.amount_at_risk) == (CaseStatus.NEW, Decimal("4.00"))
    assert Disposition.WRITTEN_OFF not in CASE_TYPE.dispositions
    with pytest.raises(IntegrityError, match="case_credit_never_written_off"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            status=CaseStatus.RESOLVED, disposition=Disposition.WRITTEN_OFF, resolved_at=AT
        )


def test_a_remittance_on_its_claim_is_looked_at():
    facility = FacilityFactory()
    claim = ClaimFactory(patient_control_number="C1", facility=facility)
    found = in_credit("50.00", facility=facility)
    elsewhere = in_credit("50.00")

    told = SimpleNamespace(
        record=Record.REMITTED_CLAIM, record_id=1, claim_id=claim.pk, correlation_id="c1"
    )

    [finding] = detect([told])
    assert (finding.account_id, finding.claim_id) == (found.pk, claim.pk)
    assert finding.account_id != elsewhere.pk


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    payer = PayerFactory()
    accounts = [in_credit("50.00", payer) for _ in range(8)]
    with django_assert_max_num_queries(7):
        assert len(list(detect([change(each) for each in accounts]))) == 8
