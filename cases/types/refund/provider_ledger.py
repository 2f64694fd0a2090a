"""What payers take and give outside of claims (PLB), followed to zero by payer and reference.

WO takes an overpayment back, 72 acknowledges our refund and pairs with a WO, FB carries a balance
forward: over time the lines of one reference come to nothing, or to what we let the payer recoup.
A positive amount lowers a payment. The claim's control number is read from the reference (PLB03-2).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Trim

from cases.types.refund.models import Return
from cases.types.refund.vocabulary import Way
from cases.work.models import Case
from cases.work.sets import any_text
from integrations.canonical.models import Claim, Payer, ProviderAdjustment, Remittance

TAKEN, ACKNOWLEDGED, FORWARDED = "WO", "72", "FB"
FOLLOWED = (TAKEN, ACKNOWLEDGED, FORWARDED)
ZERO = Decimal("0.00")
BETWEEN = re.compile(r"[^0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One adjustment of a payment."""

    paid_on: date | None
    trace: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """All that a payer did under one reference, oldest first.

    `claim` is the one that the reference names, if any; `returned` what we agreed to let the payer
    recoup on its account's credit.
    """

    payer: Payer
    reference: str
    currency: str
    lines: tuple[Line, ...]
    claim: Claim | None = None
    case: Case | None = None
    returned: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What the payer holds of ours by it; below zero, what we hold of the payer's."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def open(self) -> Decimal:
        """What is still to come to nothing."""
        return self.total - self.returned

    @property
    def is_paired(self) -> bool:
        """Whether a refund of ours was acknowledged: a WO and a 72 that come to nothing."""
        reasons = {line.reason for line in self.lines}
        return {TAKEN, ACKNOWLEDGED} <= reasons and self.total == 0

    def taken_since(self, day: date) -> Decimal:
        """What was taken back by WO from a day on."""
        return sum(
            (
                line.amount
                for line in self.lines
                if line.reason == TAKEN and line.paid_on is not None and line.paid_on >= day
            ),
            ZERO,
        )


def control_numbers(reference: str) -> set[str]:
    """What in a reference may be a claim's control number: the whole, and its parts."""
    return {reference.strip(), *BETWEEN.split(reference)} - {""}


def balances(remittances: QuerySet[Remittance], *, claims: QuerySet[Claim]) -> list[Balance]:
    """What payers did by these remittances; what is open first. Five queries.

    A payer names claims of several sites in one payment: what names another than these is left out.
    """
    found = _balances(ProviderAdjustment.objects.filter(remittance__in=remittances))
    named = [each.claim.pk for each in found if each.claim]
    ours = set(claims.filter(pk__in=named).values_list("pk", flat=True))
    return [each for each in found if each.claim is None or each.claim.pk in ours]


def balances_of(claims: Sequence[Claim]) -> dict[int, list[Balance]]:
    """What payers did about claims, by claim; read are the references that may name one."""
    found: dict[int, list[Balance]] = defaultdict(list)
    if not claims:
        return found
    rows = naming(
        {claim.patient_control_number for claim in claims}
        | {claim.payer_control_number for claim in claims}
    ).filter(remittance__payer__in={claim.payer_id for claim in claims})
    wanted = {claim.pk for claim in claims}
    for balance in _balances(rows):
        if balance.claim is not None and balance.claim.pk in wanted:
            found[balance.claim.pk].append(balance)
    return found


def naming(numbers: Collection[str]) -> QuerySet[ProviderAdjustment]:
    """The adjustments in whose references one of some control numbers stands."""
    said = sorted({*numbers} - {""})
    words = Func(
        "reference",
        Value(BETWEEN.pattern),
        function="regexp_split_to_array",
        output_field=ArrayField(TextField()),
    )
    rows = ProviderAdjustment.objects.annotate(words=words, whole=Trim("reference"))
    return rows.filter(Q(whole__in=said) | Q(words__overlap=said))


def claims_named(adjustment_ids: Collection[int]) -> list[Claim]:
    """The claims that adjustments name in their references."""
    rows = ProviderAdjustment.objects.filter(pk__in=list(adjustment_ids), reason__in=FOLLOWED)
    pairs = set(rows.values_list("remittance__payer", "reference"))
    return list(_claims(pairs).values())


def _balances(rows: QuerySet[ProviderAdjustment]) -> list[Balance]:
    lines: dict[tuple[int, str, str], list[Line]] = defaultdict(list)
    read = (
        rows.filter(reason__in=FOLLOWED)
        .exclude(reference="")
        .select_related("remittance")
        .order_by("remittance__paid_on", "pk")
    )
    for row in read:
        payment = row.remittance
        key = (payment.payer_id, row.reference, payment.currency)
        lines[key].append(Line(payment.paid_on, payment.trace_number, row.reason, row.amount))
    payers = Payer.objects.in_bulk({payer for payer, _reference, _currency in lines})
    claims = _claims({(payer, reference) for payer, reference, _currency in lines})
    agreed = dict(_agreed([claim.pk for claim in claims.values()]))
    made = [
        _balance(payers[payer], reference, currency, found, claims, agreed)
        for (payer, reference, currency), found in lines.items()
    ]
    return sorted(made, key=lambda each: (each.open == 0, each.payer.name, each.reference))


def _balance(
    payer: Payer,
    reference: str,
    currency: str,
    lines: Sequence[Line],
    claims: dict[tuple[int, str], Claim],
    agreed: dict[int, Return],
) -> Balance:
    claim = claims.get((payer.pk, reference))
    recoup = agreed.get(claim.pk) if claim else None
    return Balance(
        payer,
        reference,
        currency,
        tuple(lines),
        claim=claim,
        case=recoup.case if recoup else None,
        returned=recoup.amount if recoup else ZERO,
    )


def _claims(pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], Claim]:
    """The claim that each payer's reference names; of several the newest."""
    numbers = {number for _payer, reference in pairs for number in control_numbers(reference)}
    found = Claim.objects.filter(
        Q(patient_control_number=any_text(numbers)) | Q(payer_control_number=any_text(numbers)),
        payer__in={payer for payer, _reference in pairs},
    ).order_by("pk")
    held = {
        (claim.payer_id, number): claim
        for claim in found
        for number in (claim.patient_control_number, claim.payer_control_number)
        if number
    }
    return {
        (payer, reference): held[payer, number]
        for payer, reference in pairs
        for number in sorted(control_numbers(reference))
        if (payer, number) in held
    }


def _agreed(claim_ids: Sequence[int]) -> Iterator[tuple[int, Return]]:
    """The newest recoupment agreed on each claim's credit."""
    returns = Return.objects.filter(case__claim__in=claim_ids, way=Way.RECOUP)
    for each in returns.select_related("case").order_by("pk"):
        assert each.case.claim_id is not None
        yield each.case.claim_id, each
