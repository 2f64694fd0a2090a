"""The money trace of a case: every step from the bank's deposit to the ERP's document, to the cent.

Each step sets two amounts beside each other that must be the same; what is left over is
unexplained. What the ledger has not confirmed yet is under way, which is another thing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum, TextChoices
from django.db.models.functions import Coalesce

from billing_portal.kernel.pure.money import ZERO
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import RequestState
from cases.effects.models import Effect, Journal, LedgerDifference
from cases.effects.queries import newest_runs
from cases.types.denial.detect import KEY as DENIAL
from cases.types.denial.detect import standings_of
from cases.types.deposit_variance.detect import standings
from cases.work.models import Case
from integrations.canonical.models import Adjustment, Remittance, RemittanceReading, RemittedClaim
from integrations.outbox.lifecycle import FINAL, OutboxState
from integrations.outbox.models import OutboxMessage


class Stage(TextChoices):
    """The steps of money, in its order."""

    BANK = "bank", "Bank and remittance"
    DEPOSIT = "deposit", "Payment and remittance"
    CLAIM = "claim", "Remittance and lines"
    CASE = "case", "Lines and case"
    APPROVAL = "approval", "Approval and effect"
    JOURNAL = "journal", "Debits and credits"
    LEDGER = "ledger", "Journal and ERP document"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two amounts that must be the same, and what each is called; in the case's currency."""

    stage: Stage
    one: str
    amount: Decimal
    other: str
    found: Decimal

    @property
    def gap(self) -> Decimal:
        """What the one is beyond the other."""
        return self.amount - self.found


@dataclass(frozen=True, slots=True)
class Transit:
    """What was asked of the ledger and is not confirmed yet; `words` say how far it is."""

    event: str
    amount: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Trace:
    """All steps of a case's money; amounts in `currency`."""

    case: Case
    currency: str
    ties: list[Tie]
    transit: list[Transit]

    @property
    def unexplained(self) -> Decimal:
        """What no step explains: 0.00 when everything ties."""
        return sum((abs(tie.gap) for tie in self.ties), start=ZERO)

    @property
    def under_way(self) -> Decimal:
        """What was sent and is not confirmed yet."""
        return sum((each.amount for each in self.transit), start=ZERO)


def trace_of(case: Case) -> Trace:
    """The money of one case, read anew from the facts. A fixed number of queries."""
    adjudications = list(_adjudications(case))
    effects = list(_effects(case))
    messages = _messages(effects)
    remittances = list(_remittances(case, adjudications))
    ties = [
        *_banked(remittances),
        *_deposits(remittances),
        *_claims(adjudications),
        *_case(case),
        *_approvals(effects),
        *_journals(effects),
        *_ledgers(effects, messages),
    ]
    return Trace(case, case.currency, ties, list(_transit(effects, messages)))


def _adjudications(case: Case) -> Iterable[RemittedClaim]:
    if case.claim_id is None:
        return []
    rows = RemittedClaim.objects.filter(claim=case.claim_id).select_related("remittance")
    return rows.order_by("remittance__paid_on", "pk")


def _effects(case: Case) -> Iterable[Effect]:
    effects = Effect.objects.filter(case=case).select_related("journal")
    return effects.prefetch_related("journal__lines__account").order_by("pk")


def _messages(effects: Iterable[Effect]) -> dict[str, OutboxMessage]:
    keys = [effect.event_key for effect in effects]
    found = OutboxMessage.objects.filter(event_key__in=keys).select_related("destination")
    return {message.key: message for message in found}


def _remittances(case: Case, adjudications: Iterable[RemittedClaim]) -> Iterable[Remittance]:
    ids = {each.remittance_id for each in adjudications} | {case.remittance_id or 0}
    return Remittance.objects.filter(pk__in=ids).order_by("paid_on", "pk")


def _banked(remittances: Iterable[Remittance]) -> Iterator[Tie]:
    """What the bank received is what was paid; nothing, once its lists say that it is late."""
    for standing in standings(remittances):
        if standing.details.deposits or standing.gap:
            numbers = ", ".join(standing.details.deposits)
            yield Tie(
                Stage.BANK,
                f"Deposit {numbers}" if numbers else f"No deposit by {standing.details.due_on}",
                standing.details.deposited,
                f"Remittance {standing.details.trace}",
                standing.details.remitted,
            )


def _deposits(remittances: Iterable[Remittance]) -> Iterator[Tie]:
    """What was paid is what its newest reading lists: claims less provider adjustments."""
    held = list(remittances)
    readings = {
        reading.remittance_id: reading
        for reading in RemittanceReading.objects.filter(remittance__in=held).order_by("pk")
    }
    for remittance in held:
        if remittance.pk not in readings:
            continue
        reading = readings[remittance.pk]
        listed = reading.paid_total - reading.provider_adjustment_total
        yield Tie(
            Stage.DEPOSIT,
            f"Payment {remittance.trace_number}",
            remittance.amount,
            "Claims less provider adjustments",
            listed,
        )


def _claims(adjudications: Iterable[RemittedClaim]) -> Iterator[Tie]:
    """What was charged is what was paid and what the adjustments took, claim by claim."""
    held = list(adjudications)
    sums = dict(
        Adjustment.objects.filter(remitted_claim__in=held)
        .order_by()
        .values_list("remitted_claim")
        .annotate(total=Coalesce(Sum("amount"), ZERO))
    )
    for each in held:
        yield Tie(
            Stage.CLAIM,
            f"Charged, in {each.remittance.trace_number}",
            each.charge,
            "Paid and adjusted on claim and lines",
            each.paid + sums.get(each.pk, ZERO),
        )


def _case(case: Case) -> Iterator[Tie]:
    """What the lines deny today is what the case says is at risk."""
    if case.case_type != DENIAL or case.claim_id is None:
        return
    states = [state for _claim, state in standings_of([case.claim_id]).held.get(case.key, ())]
    if states:
        denied = sum((state.denial.amount for state in states), start=ZERO)
        words = f"Case {case.reference}"
        yield Tie(Stage.CASE, "Denied on the lines", denied, words, case.amount_at_risk)


def _approvals(effects: Iterable[Effect]) -> Iterator[Tie]:
    """What was approved, under the seal it was given, is what was carried out.

    An effect whose seal is no approval's was approved by nobody: then that is nothing.
    """
    held = list(effects)
    references = {effect.request_reference for effect in held}
    rows = ApprovalRequest.objects.filter(reference__in=references, state=RequestState.APPROVED)
    approved = {(each.reference, each.digest): each.amount for each in rows}
    for effect in held:
        seal = effect.request_reference, effect.digest
        words = f"Approved in {effect.request_reference}"
        amount = approved.get(seal, ZERO)
        yield Tie(Stage.APPROVAL, words, amount, words_of(effect.event), effect.amount)


def words_of(event: str) -> str:
    """An event as people read it."""
    words = event.replace("_", " ").replace(":", ", ")
    return words[:1].upper() + words[1:]


def _journals(effects: Iterable[Effect]) -> Iterator[Tie]:
    """What a journal debits is what it credits."""
    for effect in effects:
        journal = journal_of(effect)
        if journal is not None:
            lines = journal.lines.all()
            debits = sum((line.debit for line in lines), start=ZERO)
            credits_ = sum((line.credit for line in lines), start=ZERO)
            yield Tie(Stage.JOURNAL, f"{journal} debits", debits, f"{journal} credits", credits_)


def _ledgers(effects: Iterable[Effect], messages: dict[str, OutboxMessage]) -> Iterator[Tie]:
    """What was booked is what the ledger confirmed, and what it was last found to hold."""
    held = list(effects)
    theirs = _found(held)
    for effect in held:
        message = messages.get(effect.event_key.hex)
        if message is None or message.state != OutboxState.CONFIRMED:
            continue
        journal = journal_of(effect)
        yield Tie(
            Stage.LEDGER,
            str(journal or words_of(effect.event)),
            journal.total if journal else effect.amount,
            f"{message.destination} {message.partner_reference}".strip(),
            theirs.get(effect.pk, message.total),
        )


def _found(effects: list[Effect]) -> dict[int, Decimal]:
    """What the newest comparison found of those effects that did not agree."""
    rows = LedgerDifference.objects.filter(reconciliation__in=newest_runs(), effect__in=effects)
    return dict(rows.values_list("effect", "theirs"))


def journal_of(effect: Effect) -> Journal | None:
    """The journal that an effect books, if it books one."""
    return getattr(effect, "journal", None)


def _transit(effects: Iterable[Effect], messages: dict[str, OutboxMessage]) -> Iterator[Transit]:
    for effect in effects:
        message = messages.get(effect.event_key.hex)
        if message is not None and message.state not in FINAL:
            words = OutboxState(message.state).label
            yield Transit(words_of(effect.event), message.total, words)
