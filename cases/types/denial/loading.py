"""Reads what the rules need, set-wise: a handful of queries for any number of claims."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from cases.types.denial.adjudications import Adjudication, Cut, Line
from cases.types.denial.codes import CarcMeaning, CodeMap, Dated, RarcMeaning
from cases.types.denial.models import AdjustmentCode, RemarkCode
from cases.types.denial.vocabulary import Appealable, Category
from cases.work.sets import any_id, any_text
from integrations.canonical.models import (
    Adjustment,
    Claim,
    Remark,
    RemittedClaim,
    ServiceLine,
)

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What a finding says of the claim itself: whose it is, today, and its currency."""

    claim_id: int
    payer_id: int
    facility_id: int
    currency: str


def code_map() -> CodeMap:
    """The code maps as they stand, all periods."""
    carcs: dict[str, list[Dated[CarcMeaning]]] = defaultdict(list)
    for row in AdjustmentCode.objects.select_related("queue").order_by("code", "valid_from", "pk"):
        carc = CarcMeaning(
            words=row.words,
            category=Category(row.category),
            is_denial=row.is_denial,
            queue=row.queue.key,
            first_action=row.first_action,
            appealable=Appealable(row.appealable),
            preventable_stage=row.preventable_stage,
        )
        carcs[row.code].append(Dated(carc, row.valid_from, row.valid_to))
    rarcs: dict[str, list[Dated[RarcMeaning]]] = defaultdict(list)
    for remark in RemarkCode.objects.select_related("queue").order_by("code", "valid_from", "pk"):
        rarc = RarcMeaning(
            words=remark.words,
            is_alert=remark.is_alert,
            category=Category(remark.category),
            queue=remark.queue.key,
            first_action=remark.first_action,
        )
        rarcs[remark.code].append(Dated(rarc, remark.valid_from, remark.valid_to))
    return CodeMap(carcs, rarcs)


def worth_folding(claim_ids: Collection[int], codes: CodeMap) -> list[int]:
    """Those of the claims that may be denied. One query.

    May be: it has an adjustment that the map of some day calls a denial, or that no map knows.
    """
    harmless = [
        code
        for code, dated in codes.carcs.items()
        if not any(each.meaning.is_denial for each in dated)
    ]
    return list(
        Adjustment.objects.filter(remitted_claim__claim_id=any_id(claim_ids))
        .exclude(carc=any_text(harmless))
        .order_by("remitted_claim__claim_id")
        .values_list("remitted_claim__claim_id", flat=True)
        .distinct()
    )


def adjudications_of(claim_ids: Collection[int]) -> dict[int, list[Adjudication]]:
    """All adjudications of the claims, with their lines, adjustments and remarks. Four queries."""
    rows = list(
        RemittedClaim.objects.filter(claim_id=any_id(claim_ids))
        .order_by("claim_id", "pk")
        .values_list(
            "claim_id",
            "pk",
            "remittance__trace_number",
            "remittance__paid_on",
            "remittance__produced_on",
            "patient_responsibility",
            "position",
            "digest",
            "ordinal",
            "status_code",
            "charge",
            "paid",
            "payer_control_number",
            "service_from",
            "service_to",
        )
    )
    ids = [row[1] for row in rows]
    cuts, remarks = _cuts(ids), _remarks(ids)
    lines = _lines(ids, cuts, remarks)
    found: dict[int, list[Adjudication]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(
            Adjudication(
                row[2],
                row[3] or row[4],
                row[5] or ZERO,
                *row[6:],
                cuts.get((row[1], 0), ()),
                remarks.get((row[1], 0), ()),
                lines.get(row[1], ()),
            )
        )
    return found


def claim_facts(claim_ids: Collection[int]) -> dict[int, ClaimFacts]:
    """Payer, facility and currency of the claims. One query."""
    rows = Claim.objects.filter(pk=any_id(claim_ids)).values_list(
        "pk", "payer_id", "facility_id", "currency"
    )
    return {row[0]: ClaimFacts(*row) for row in rows}


def _cuts(ids: Collection[int]) -> dict[tuple[int, int], tuple[Cut, ...]]:
    rows = (
        Adjustment.objects.filter(remitted_claim_id=any_id(ids))
        .order_by("remitted_claim_id", "line_ordinal", "ordinal")
        .values_list("remitted_claim_id", "line_ordinal", "group", "carc", "amount")
    )
    return _by_place((row[0], row[1], Cut(*row[2:])) for row in rows)


def _remarks(ids: Collection[int]) -> dict[tuple[int, int], tuple[str, ...]]:
    return _by_place(
        Remark.objects.filter(remitted_claim_id=any_id(ids))
        .order_by("remitted_claim_id", "line_ordinal", "ordinal")
        .values_list("remitted_claim_id", "line_ordinal", "code")
    )


def _by_place(rows: Iterable[tuple[int, int, Any]]) -> dict[tuple[int, int], tuple[Any, ...]]:
    return {
        place: tuple(row[2] for row in group)
        for place, group in groupby(rows, key=lambda row: (row[0], row[1]))
    }


def _lines(
    ids: Collection[int],
    cuts: dict[tuple[int, int], tuple[Cut, ...]],
    remarks: dict[tuple[int, int], tuple[str, ...]],
) -> dict[int, tuple[Line, ...]]:
    rows = (
        ServiceLine.objects.filter(remitted_claim_id=any_id(ids))
        .order_by("remitted_claim_id", "ordinal")
        .values_list(
            "remitted_claim_id",
            "ordinal",
            "procedure",
            "modifiers",
            "revenue_code",
            "charge",
            "paid",
            "allowed",
            "service_from",
        )
    )
    return {
        claim: tuple(
            Line(*row[1:], cuts.get(row[:2], ()), remarks.get(row[:2], ())) for row in group
        )
        for claim, group in groupby(rows, key=lambda row: row[0])
    }
