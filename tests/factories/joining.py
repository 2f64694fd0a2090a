"""Claims denied line by line, whose cases the facts opened; and what was given among them."""

from datetime import date
from decimal import Decimal

import factory

from cases.actions.opening import open_many
from cases.joining.models import Allotment
from cases.types.denial.detect import detect
from cases.work.models import Case
from integrations.feed.models import Change, Record
from tests.factories.base import Made
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.integrations import (
    AdjustmentFactory,
    ClaimFactory,
    RemittanceFactory,
    RemittedClaimFactory,
    ServiceLineFactory,
)


class AllotmentFactory(Made):
    """The rest of a claim, given by its case to the case of another claim."""

    class Meta:
        model = Allotment

    giver = factory.SubFactory(CaseFactory)
    claim = factory.SelfAttribute("giver.claim")
    holder_claim = factory.SubFactory(ClaimFactory)
    holder = factory.LazyAttribute(lambda given: f"denial:{given.holder_claim.pk}")
    holder_version = 2
    giver_version = 2


def remit(claim, *amounts, on=date(2026, 2, 10), codes=(), sign=1):
    """One remittance that denies these amounts of a claim, each on a line of its own.

    A negative sign: what takes it back. A line of nothing is paid.
    """
    codes = [each.split("-") for each in [*codes, *["CO-197"] * len(amounts)]]
    charges = [Decimal(amount) or Decimal(10) for amount in amounts]
    paid = [Decimal(0) if Decimal(amount) else Decimal(10) for amount in amounts]
    given = RemittedClaimFactory(
        claim=claim,
        remittance=RemittanceFactory(paid_on=on),
        status_code="1" if sign > 0 else "22",
        charge=sign * sum(charges),
        paid=sign * sum(paid),
    )
    for ordinal, amount in enumerate(amounts, start=1):
        ServiceLineFactory(
            remitted_claim=given,
            ordinal=ordinal,
            procedure=f"9928{ordinal}",
            charge=sign * charges[ordinal - 1],
            paid=sign * paid[ordinal - 1],
        )
        if Decimal(amount):
            AdjustmentFactory(
                remitted_claim=given,
                line_ordinal=ordinal,
                group=codes[ordinal - 1][0],
                carc=codes[ordinal - 1][1],
                amount=sign * Decimal(amount),
            )
    return given


def tell(*claims, at=OPENED):
    """Let the cases be as the facts of claims say, as detection does; what it did."""
    changes = [
        Change(record=Record.CLAIM, record_id=claim.pk, claim_id=claim.pk, correlation_id="told")
        for claim in claims
    ]
    return open_many(findings=detect(changes), at=at)


def denied(*amounts, claim=None, **given):
    """The case of a claim that was denied these amounts, line by line."""
    claim = claim or ClaimFactory()
    remit(claim, *amounts, **given)
    tell(claim)
    return Case.objects.select_related("queue", "facility", "claim").get(key=f"denial:{claim.pk}")
