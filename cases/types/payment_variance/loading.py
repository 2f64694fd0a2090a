"""How claims were paid last, and their payers' rates, read for a whole batch."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from billing_portal.kernel.pure.money import ZERO
from cases.types.payment_variance.models import ContractRate
from cases.types.payment_variance.rules import PaidLine, Rate
from cases.types.payment_variance.vocabulary import CodeKind
from cases.work.sets import any_id
from integrations.canonical.models import Adjustment, RemittedClaim, ServiceLine

PRIMARY = ("1", "19")  # CLP02: processed as primary; what a second payer leaves is its own affair
CONTRACTUAL = ("CO", "45")


class Paid(NamedTuple):
    """A claim's newest adjudication as primary that stands; `claim` with its payer and site."""

    adjudication: RemittedClaim
    lines: list[PaidLine]
    rates: list[Rate]


def load(claim_ids: Collection[int]) -> list[Paid]:
    """How each claim was paid last, where its payer has rates in that money. Three queries.

    What was paid on a day that nobody knows comes before all others.
    """
    newest = list(
        RemittedClaim.objects.filter(
            claim_id=any_id(claim_ids), status_code__in=PRIMARY, reversed_by__isnull=True
        )
        .select_related("claim", "remittance")
        .order_by("claim_id", F("remittance__paid_on").desc(nulls_last=True), "-pk")
        .distinct("claim_id")
    )
    rates = rates_of({each.claim.payer_id for each in newest})
    lines = lines_of([each.pk for each in newest])
    return [
        Paid(each, lines[each.pk], rates[place])
        for each in newest
        if (place := (each.claim.payer_id, each.remittance.currency)) in rates
    ]


def rates_of(payer_ids: Iterable[int]) -> dict[tuple[int, str], list[Rate]]:
    """The rates of payers, all periods, by payer and currency."""
    found: dict[tuple[int, str], list[Rate]] = defaultdict(list)
    for row in ContractRate.objects.filter(payer_id=any_id(payer_ids)).order_by("pk"):
        found[row.payer_id, row.currency].append(
            Rate(
                row.facility_id,
                CodeKind(row.code_kind),
                row.code,
                row.rate,
                row.share,
                row.valid_from,
                row.valid_to,
                row.citation,
            )
        )
    return found


def lines_of(adjudication_ids: Collection[int]) -> dict[int, list[PaidLine]]:
    """The service lines of adjudications, with what was withheld as contractual on each."""
    group, carc = CONTRACTUAL
    withheld = (
        Adjustment.objects.filter(
            remitted_claim=OuterRef("remitted_claim"),
            line_ordinal=OuterRef("ordinal"),
            group=group,
            carc=carc,
        )
        .order_by()
        .values("line_ordinal")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    rows = ServiceLine.objects.filter(remitted_claim_id=any_id(adjudication_ids)).annotate(
        withheld=Coalesce(Subquery(withheld), Decimal(ZERO))
    )
    found: dict[int, list[PaidLine]] = defaultdict(list)
    for row in rows.select_related("remitted_claim").order_by("remitted_claim_id", "ordinal"):
        found[row.remitted_claim_id].append(
            PaidLine(
                row.ordinal,
                row.procedure,
                row.revenue_code,
                row.charge,
                row.paid,
                row.withheld,
                row.units,
                row.service_from or row.remitted_claim.service_from,
            )
        )
    return found
