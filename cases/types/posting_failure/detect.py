"""From what became of messages to findings: what does not stand in the ledger waits for a person.

A case closes by itself when its message is confirmed and the newest comparison agrees.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from cases.actions.opening import UNASSIGNED
from cases.effects.models import LedgerDifference
from cases.types.posting_failure.details import PostingFailureDetails
from cases.types.posting_failure.loading import Loaded, keys_of, load
from cases.types.posting_failure.rules import cause_of
from cases.types.posting_failure.vocabulary import CATEGORY, KEY, Cause
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.types import Change
from integrations.canonical.models import Facility
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage

CONFIRMED = "The ledger holds it as it was sent."
WITHDRAWN = "It was withdrawn: it is never sent."


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How each changed message stands; nothing for one that never needed a person."""
    yield from findings(keys_of(changes))


def findings(correlations: Mapping[str, str]) -> Iterator[Finding]:
    """How what was sent under each key stands; with each key its correlation id.

    What is under way again after a person sent it is neither wrong nor settled: nothing is said.
    """
    loaded = load(correlations)
    elsewhere = site_of_none(loaded)
    for each in loaded:
        details, correlation_id = judge(each), correlations[each.key]
        if details is not None:
            yield finding_of(each, details, elsewhere, correlation_id=correlation_id)
        elif each.case is not None and each.is_over:
            yield settled(each.case, each.message, correlation_id=correlation_id)


def judge(loaded: Loaded) -> PostingFailureDetails | None:
    """Why a person is needed, with what was sent and said; None: nobody is."""
    message = loaded.message
    if message is not None and message.waits_for_a_person:
        return of_message(loaded, message)
    return of_difference(loaded, loaded.difference) if loaded.difference else None


def of_message(loaded: Loaded, message: OutboxMessage) -> PostingFailureDetails:
    """What was sent and not confirmed, in the partner's words."""
    journal = loaded.journal
    return PostingFailureDetails(
        decision=f"{message.state}:{message.code}:{loaded.tries}",
        event_key=loaded.key,
        cause=cause_of(OutboxState(message.state), message.code).value,
        words=message.words,
        destination=message.destination.label,
        document=journal.reference if journal else message.get_kind_display(),
        posting_on=journal.posting_on if journal else None,
        currency=message.currency,
        ours=message.total,
        theirs=None,
        reference=message.partner_reference,
    )


def of_difference(loaded: Loaded, difference: LedgerDifference) -> PostingFailureDetails:
    """What the newest comparison found."""
    journal = loaded.journal
    return PostingFailureDetails(
        decision=f"{difference.kind}:{difference.theirs}:{difference.reference}",
        event_key=loaded.key,
        cause=Cause.DIFFERENCE.value,
        words=difference.words,
        destination=difference.reconciliation.destination.label,
        document=journal.reference if journal else difference.reference,
        posting_on=journal.posting_on if journal else None,
        currency=difference.currency,
        ours=difference.ours,
        theirs=difference.theirs,
        reference=difference.reference,
    )


def site_of_none(loaded: Collection[Loaded]) -> int:
    """The site of what is no case's effect, 0 where there is no such thing among them."""
    if all(each.effect for each in loaded):
        return 0
    return Facility.objects.only("pk").get(key=UNASSIGNED).pk


def finding_of(
    loaded: Loaded, details: PostingFailureDetails, elsewhere: int, *, correlation_id: str
) -> Finding:
    """What does not stand in the ledger as a finding."""
    cause, source = Cause(details.cause), loaded.effect.case if loaded.effect else None
    return Finding(
        case_type=KEY,
        key=loaded.case_key,
        title=f"{cause.label} · {details.document}",
        facility_id=source.facility_id if source else elsewhere,
        payer_id=source.payer_id if source else None,
        amount=max(details.ours, details.theirs or details.ours),
        currency=details.currency,
        code=cause.upper(),
        category=CATEGORY,
        decision=details.decision,
        reason=f"{details.destination}: {cause.label.lower()}.",
        correlation_id=correlation_id,
        details=details,
    )


def settled(case: Case, message: OutboxMessage | None, *, correlation_id: str) -> Finding:
    """A case whose message is done and whose comparison agrees: it ends as it stood."""
    details = PostingFailureDetails.from_json(case.details)
    is_withdrawn = message is not None and message.state == OutboxState.WITHDRAWN
    return Finding(
        case_type=KEY,
        key=case.key,
        title=case.title,
        facility_id=case.facility_id,
        payer_id=case.payer_id,
        amount=case.amount_at_risk,
        currency=case.currency,
        code=case.code,
        category=case.category,
        cycle=case.cycle,
        decision=details.decision,
        disposition=Disposition.EXPLAINED if is_withdrawn else Disposition.CORRECTED,
        reason=WITHDRAWN if is_withdrawn else CONFIRMED,
        correlation_id=correlation_id,
        details=details,
    )
