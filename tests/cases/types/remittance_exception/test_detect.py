from decimal import Decimal
from types import SimpleNamespace

import pytest

from cases.types.remittance_exception.detect import detect
from cases.work.lifecycle import Disposition
from integrations.feed.models import Record
from tests.factories.cases import CaseFactory
from tests.factories.integrations import RemittanceFactory, RemittanceReadingFactory


@pytest.fixture
def remittance(db):
    return RemittanceFactory(amount=Decimal("247.10"))


def change(remittance):
    return SimpleNamespace(
        record=Record.REMITTANCE, record_id=remittance.pk, claim_id=None, correlation_id="c0"
    )


def reading(remittance, **fields):
    return RemittanceReadingFactory(
        remittance=remittance,
        **{"paid_total": Decimal(250), "provider_adjustment_total": Decimal("2.90")} | fields,
    )


def test_one_that_balances_is_no_finding(remittance):
    reading(remittance)

    assert list(detect([change(remittance)])) == []


def test_one_cent_off_is_found(remittance):
    reading(remittance, is_balanced=False, paid_total=Decimal("250.01"))

    [finding] = detect([change(remittance)])

    assert finding.amount == Decimal("0.01")
    assert finding.details.difference == Decimal("-0.01")
    assert finding.code == "UNBALANCED"
    assert finding.disposition is None


def test_a_truncated_one_says_so(remittance):
    reading(remittance, is_balanced=False, is_complete=False, paid_total=Decimal(100))

    [finding] = detect([change(remittance)])

    assert finding.code == "INCOMPLETE"
    assert finding.title == f"Remittance is incomplete · {remittance.trace_number}"


def test_a_later_reading_that_balances_settles_what_was_found(remittance):
    reading(remittance, is_balanced=False)
    CaseFactory(key=f"remittance_exception:{remittance.pk}")
    reading(remittance)

    [finding] = detect([change(remittance)])

    assert finding.disposition is Disposition.CORRECTED
