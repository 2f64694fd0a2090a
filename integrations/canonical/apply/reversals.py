"""Links between reversals and what they take back, drawn again around what is staged."""

from dataclasses import dataclass, field
from typing import Any

from integrations.canonical.apply.staging import Row, fetch
from integrations.canonical.models import Reversal
from integrations.canonical.reversal_rules import Adjudication, pair
from integrations.ports.facts import PREDETERMINATION_STATUS, REVERSAL_STATUS

# Every reversal that a staged adjudication is, or that may mean one: of the same claim, or with the
# same number of the payer.
TOUCHED = """
SELECT reversal.claim_id, reversal.payer_control_number
FROM stage_claim AS staged
JOIN integrations_remittedclaim AS mine ON mine.id = staged.remitted_claim_id
JOIN integrations_remittedclaim AS reversal
  ON reversal.claim_id = mine.claim_id AND reversal.status_code = '22'
UNION
SELECT reversal.claim_id, reversal.payer_control_number
FROM stage_claim AS staged
JOIN integrations_remittedclaim AS reversal
  ON reversal.payer_control_number = staged.payer_control_number AND reversal.status_code = '22'
WHERE staged.payer_control_number <> ''
"""
CANDIDATES = """
SELECT remitted.id, remitted.status_code, remitted.claim_id, remittance.payer_identifier,
       remitted.payer_control_number, remitted.remittance_id, remittance.paid_on, remitted.charge,
       remitted.paid, remitted.service_from, remittance.produced_on, remittance.trace_number,
       remitted.digest, remitted.ordinal
FROM integrations_remittedclaim AS remitted
JOIN integrations_remittance AS remittance ON remittance.id = remitted.remittance_id
WHERE remitted.status_code <> %(predetermination)s
  AND (remitted.claim_id = ANY(%(claims)s) OR remitted.payer_control_number = ANY(%(numbers)s))
"""


@dataclass(slots=True)
class Neighbourhood:
    """Claims and payer's numbers whose adjudications may mean one another."""

    claims: set[int] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def grow(self, claim: int, number: str) -> bool:
        """Add one adjudication's; says whether anything is new."""
        before = len(self.claims) + len(self.numbers)
        self.claims.add(claim)
        if number:
            self.numbers.add(number)
        return len(self.claims) + len(self.numbers) > before


def link() -> set[int]:
    """Draw the links anew; returns the remitted claims whose link changed."""
    around = Neighbourhood()
    for claim, number in fetch(TOUCHED):
        around.grow(claim, number)
    if not around.claims:
        return set()
    members = gather(around)
    wanted = pair(members)
    keys = [member.key for member in members if member.is_reversal]
    held = dict(
        Reversal.objects.filter(reversal__in=keys).values_list("reversal_id", "reversed_claim_id")
    )
    return rewrite(held, wanted)


def gather(around: Neighbourhood) -> list[Adjudication]:
    """All that could be meant: the neighbourhood grows until nothing new stands in it."""
    while True:
        rows = fetch(CANDIDATES, candidates_of(around))
        grown = sum(around.grow(row[2], row[4]) for row in rows)
        if not grown:
            return [adjudication(row) for row in rows]


def candidates_of(around: Neighbourhood) -> dict[str, Any]:
    """The parameters of CANDIDATES."""
    return {
        "claims": sorted(around.claims),
        "numbers": sorted(around.numbers),
        "predetermination": PREDETERMINATION_STATUS,
    }


def adjudication(row: Row) -> Adjudication:
    """One row of CANDIDATES, for the rule."""
    key, status, claim, payer, number, remittance, paid_on, charge, paid, served, *rest = row
    return Adjudication(
        key=key,
        is_reversal=status == REVERSAL_STATUS,
        claim=claim,
        payer=payer,
        control_number=number,
        remittance=remittance,
        paid_on=paid_on,
        charge=charge,
        paid=paid,
        service_from=served,
        standing=(str(paid_on or ""), *(str(part or "") for part in rest[:3]), f"{rest[3]:06}"),
    )


def rewrite(held: dict[int, int], wanted: dict[int, int]) -> set[int]:
    """Remove the links that do not hold any more, then insert the new ones."""
    wrong = {key: meant for key, meant in held.items() if wanted.get(key) != meant}
    new = {key: meant for key, meant in wanted.items() if held.get(key) != meant}
    Reversal.objects.filter(reversal__in=wrong).delete()
    Reversal.objects.bulk_create(
        Reversal(reversal_id=key, reversed_claim_id=meant) for key, meant in sorted(new.items())
    )
    return {*wrong, *wrong.values(), *new, *new.values()}
