"""From how claims were paid to findings: what is below its contract waits for an analyst."""

from collections.abc import Iterator, Sequence

from billing_portal.kernel.pure.money import ZERO
from cases.types.payment_variance.details import PricedDetails, VarianceDetails
from cases.types.payment_variance.loading import Paid, load
from cases.types.payment_variance.rules import Priced, is_underpaid, price
from cases.types.payment_variance.vocabulary import CATEGORY, KEY, UNDERPAID
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.sets import any_text
from cases.work.types import Change


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How each changed claim was paid; nothing for one that never was below its contract."""
    correlations = {each.claim_id: each.correlation_id for each in changes if each.claim_id}
    loaded = load(correlations)
    keys = any_text(key_of(each) for each in loaded)
    known = set(Case.objects.filter(key=keys).values_list("key", flat=True))
    for paid in loaded:
        claim = paid.adjudication.claim
        priced = price(paid.lines, paid.rates, facility_id=claim.facility_id)
        is_short = is_underpaid(priced)
        if is_short or key_of(paid) in known:
            correlation_id = correlations[claim.pk]
            yield finding_of(paid, priced, is_short=is_short, correlation_id=correlation_id)


def key_of(paid: Paid) -> str:
    """What names a claim's variance for ever."""
    return f"{KEY}:{paid.adjudication.claim_id}"


def finding_of(
    paid: Paid, priced: Sequence[Priced], *, is_short: bool, correlation_id: str
) -> Finding:
    """A claim's payment as a finding: it stands while it is below the contract."""
    claim, details = paid.adjudication.claim, details_of(paid, priced)
    return Finding(
        case_type=KEY,
        key=key_of(paid),
        title="Paid below contract",
        facility_id=claim.facility_id,
        payer_id=claim.payer_id,
        claim_id=claim.pk,
        amount=max(details.short, ZERO),
        currency=claim.currency,
        code=UNDERPAID,
        category=CATEGORY,
        decision=details.decision,
        disposition=None if is_short else Disposition.PAID_ON_REPROCESS,
        reason=f"The contract allows {details.allowed} {claim.currency}; {details.short} are short."
        if is_short
        else "A later decision of the payer is as the contract says.",
        correlation_id=correlation_id,
        details=details,
    )


def details_of(paid: Paid, priced: Sequence[Priced]) -> VarianceDetails:
    """The details of a claim's payment."""
    held = paid.adjudication
    return VarianceDetails(
        decision=f"{held.remittance.trace_number}:{held.digest}",
        trace=held.remittance.trace_number,
        paid_on=held.remittance.paid_on,
        charge=held.charge,
        paid=held.paid,
        allowed=sum((each.allowed for each in priced), ZERO),
        short=sum((each.short for each in priced), ZERO),
        lines=tuple(
            PricedDetails(
                each.line.ordinal,
                each.line.procedure or each.line.revenue_code,
                each.line.charge,
                each.line.withheld,
                each.allowed,
                each.short,
                each.citation,
            )
            for each in priced
        ),
    )
