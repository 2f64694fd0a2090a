"""What contracts allow."""

from datetime import date
from decimal import Decimal

import factory

from cases.types.payment_variance.models import ContractRate
from cases.types.payment_variance.vocabulary import CodeKind
from tests.factories.base import Made
from tests.factories.integrations import PayerFactory


class ContractRateFactory(Made):
    """Three hundred dollars for an emergency visit, at every site."""

    class Meta:
        model = ContractRate

    payer = factory.SubFactory(PayerFactory)
    code_kind = CodeKind.PROCEDURE
    code = "99285"
    rate = Decimal("300.00")
    valid_from = date(2026, 1, 1)
    citation = "Test agreement 2026, exhibit B, page 4"
