"""From changed claims to denial findings, a batch at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from cases.notices.models import NoticeKind
from cases.types.denial import loading
from cases.types.denial.appeals.answers import Acts, disposition_of
from cases.types.denial.appeals.queries import acts_of
from cases.types.denial.details import details_of
from cases.types.denial.fold import ClaimState, fold
from cases.types.denial.rules import ZERO, judge
from cases.work.findings import Alarm, Finding
from cases.work.lifecycle import Disposition
from cases.work.types import Change

KEY = "denial"
TITLE_LENGTH = 90


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How the denial of every changed claim stands; nothing for claims never denied.

    Reads in a number of queries that does not depend on the number of changes.
    """
    correlations = {
        change.claim_id: change.correlation_id for change in changes if change.claim_id is not None
    }
    codes = loading.code_map()
    claim_ids = loading.worth_folding(correlations, codes)
    facts = loading.claim_facts(claim_ids)
    acts = acts_of(claim_ids)
    adjudications = loading.adjudications_of(claim_ids)
    for claim_id in claim_ids:
        state = fold(adjudications[claim_id], lambda parts: judge(parts, codes))
        if state is not None:
            ended = disposition_of(state, acts.get(claim_id, Acts()))
            yield finding_of(
                replace(state, disposition=ended),
                facts[claim_id],
                correlation_id=correlations[claim_id],
            )


def finding_of(state: ClaimState, claim: loading.ClaimFacts, *, correlation_id: str) -> Finding:
    """A claim's state as a finding."""
    denial = state.denial
    return Finding(
        case_type=KEY,
        key=f"{KEY}:{claim.claim_id}",
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
