"""From changed claims to denial findings, a batch at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cases.joining.queries import shares_of
from cases.joining.shares import REST, Shares, claim_of
from cases.notices.models import NoticeKind
from cases.types.denial import loading
from cases.types.denial.appeals.answers import Acts, disposition_of
from cases.types.denial.appeals.queries import acts_of
from cases.types.denial.codes import CodeMap
from cases.types.denial.details import details_of
from cases.types.denial.fold import ClaimState, fold
from cases.types.denial.gathering import together
from cases.types.denial.portions import Portion, portion_of
from cases.types.denial.rules import ZERO, judge
from cases.work.findings import Alarm, Finding
from cases.work.lifecycle import Disposition
from cases.work.types import Change

KEY = "denial"
TITLE_LENGTH = 90
Standing = tuple[int, ClaimState]  # of one claim, by its primary key


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How the denial of every changed claim stands; nothing for claims never denied.

    Reads in a number of queries that does not depend on the number of changes.
    """
    correlations = {
        change.claim_id: change.correlation_id for change in changes if change.claim_id is not None
    }
    found = standings_of(correlations)
    for key, standings in found.held.items():
        told = [correlations[claim] for claim, _ in standings if claim in correlations]
        correlation_id = told[0] if told else next(iter(correlations.values()))
        yield together(
            [
                finding_of(state, found.facts[claim], correlation_id=correlation_id, key=key)
                for claim, state in standings
            ]
        )


@dataclass(frozen=True, slots=True)
class Standings:
    """How denials stand: by the key of a case, its claims' states, its own claim's first."""

    held: Mapping[str, Sequence[Standing]]
    facts: Mapping[int, loading.ClaimFacts]


def standings_of(claim_ids: Collection[int]) -> Standings:
    """How the denials of these claims stand, and of all claims that are joined with them."""
    codes, shares = loading.code_map(), shares_of(claim_ids)
    worth = loading.worth_folding({*claim_ids, *shares.claims}, codes)
    portions = [
        (key, claim_id, portion)
        for claim_id, state in states_of(worth, codes).items()
        for key, portion in _portions(claim_id, state, shares, codes)
    ]
    acts = acts_of({key for key, _claim, _portion in portions})
    held: dict[str, list[Standing]] = defaultdict(list)
    for key, claim_id, portion in portions:
        ended = disposition_of(portion, acts.get(key, Acts()))
        held[key].append((claim_id, replace(portion, disposition=ended)))
    ordered = {key: _own_first(claim_of(key), standings) for key, standings in held.items()}
    return Standings(ordered, loading.claim_facts(worth))


def _own_first(own: int, standings: Iterable[Standing]) -> list[Standing]:
    return sorted(standings, key=lambda each: each[0] != own)


def states_of(claim_ids: Collection[int], codes: CodeMap) -> dict[int, ClaimState]:
    """The denials of claims, each as a whole; none for claims never denied."""
    adjudications = loading.adjudications_of(claim_ids)
    folded = {
        claim_id: fold(adjudications[claim_id], lambda parts: judge(parts, codes))
        for claim_id in claim_ids
    }
    return {claim_id: state for claim_id, state in folded.items() if state is not None}


def home_key(claim_id: int) -> str:
    """The key of the case that a claim's denial opens."""
    return f"{KEY}:{claim_id}"


def holding(claim_id: int, key: str, shares: Shares) -> Portion:
    """What the case of a key holds of a claim."""
    home = home_key(claim_id)
    return Portion(
        lambda name: shares.holder(claim_id, name, home=home) == key,
        has_rest=shares.holder(claim_id, REST, home=home) == key,
    )


def _portions(
    claim_id: int, state: ClaimState, shares: Shares, codes: CodeMap
) -> Iterator[tuple[str, ClaimState]]:
    """A claim's denial by the cases that share it."""
    if not shares.is_divided(claim_id):
        yield home_key(claim_id), state
        return
    for key in shares.holders_of(claim_id, home=home_key(claim_id)):
        portion = portion_of(state, holding(claim_id, key, shares), codes)
        if portion is not None:
            yield key, portion


def finding_of(
    state: ClaimState, claim: loading.ClaimFacts, *, correlation_id: str, key: str
) -> Finding:
    """A claim's state, or a case's part of it, as a finding."""
    denial = state.denial
    return Finding(
        case_type=KEY,
        key=key,
        title=title_of(state),
        facility_id=claim.facility_id,
        payer_id=claim.payer_id,
        claim_id=claim.claim_id,
        amount=denial.amount,
        currency=claim.currency,
        code=denial.leading.code,
        category=str(denial.leading.category),
        cycle=state.cycle,
        decision=state.decision.key,
        disposition=state.disposition,
        reason=reason_of(state, claim.currency),
        correlation_id=correlation_id,
        details=details_of(state),
        facts=_routing_facts(state),
        alarms=tuple(_alarms(state)),
    )


def title_of(state: ClaimState) -> str:
    """The reason and the service, without patient data: “No authorization on file · 99285”."""
    words, procedure = state.denial.leading.words, state.denial.procedure
    short = words if len(words) <= TITLE_LENGTH else f"{words[: TITLE_LENGTH - 1].rstrip()}…"
    return f"{short} · {procedure}" if procedure else short


def reason_of(state: ClaimState, currency: str) -> str:
    """Why the case is as it is, for its history."""
    first = state.decision.parts[0]
    remittance = f"remittance {first.trace}" + (f" of {first.paid_on}" if first.paid_on else "")
    if state.disposition is not None:
        return ENDINGS[state.disposition]
    again = f"Denied again (cycle {state.cycle})" if state.cycle > 1 else "Denied"
    taken = f"; {state.taken_back} {currency} taken back" if state.taken_back > ZERO else ""
    code, amount = state.denial.leading.code, state.denial.amount
    return f"{again}: {code}, {amount} {currency}, by {remittance}{taken}."


ENDINGS = {
    Disposition.PAID_ON_REPROCESS: "The payer reprocessed the claim and paid the denied services.",
    Disposition.APPEAL_OVERTURNED_FULL: "The payer paid the denied services after our appeal.",
    Disposition.CORRECTED_CLAIM_PAID: "The payer paid the corrected claim.",
    Disposition.PATIENT_RESPONSIBILITY: "The payer reprocessed it: the patient owes the rest.",
    Disposition.EXPLAINED: "The payer reprocessed the claim: nothing is denied any more.",
    Disposition.REVERSED: "The payer took the denial back.",
}


def _routing_facts(state: ClaimState) -> dict[str, Any]:
    denial = state.denial
    first_days = [part.service_from for part in state.decision.parts if part.service_from]
    return {
        "group": denial.leading.group,
        "carc": denial.leading.carc,
        "remarks": list(denial.remarks),
        "mapped_queue": denial.leading.queue,
        "is_initial": state.is_initial,
        "appeal_allowed": denial.appeal_allowed,
        "service_from": min(first_days).isoformat() if first_days else None,
    }


def _alarms(state: ClaimState) -> Iterator[Alarm]:
    for code in state.denial.unknown:
        carc = code.split("-", 1)[1]
        trace = state.decision.parts[0].trace
        yield Alarm(
            NoticeKind.UNKNOWN_CODE,
            f"carc:{carc}",
            f"Adjustment code {carc} is not in the code map; first seen in remittance {trace}.",
        )
