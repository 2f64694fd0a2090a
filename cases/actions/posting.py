"""Carrying out what was decided: checked, booked and sent, in the transaction that decides it.

Whoever approves calls `carry_out` when the last step is done; before that, `checked` says what
would be booked and which checks hold, and writes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.access.grants import may
from billing_portal.access.roles import REVERSE_JOURNALS
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import ZERO
from billing_portal.kernel.transactions import joining
from cases.actions import moving
from cases.effects import services
from cases.effects.checks import Check, CheckKey, Facts, before_leaving
from cases.effects.kinds import EFFECTS, CommandPlan, Decided, JournalPlan, Planned
from cases.effects.models import Effect
from cases.effects.queries import (
    Draft,
    confirmed_cases,
    credited_receivables,
    drafts_of,
    ledger_of,
    reopened,
    reversible,
    standing_events,
    was_taken,
)
from cases.effects.sending import command_of
from cases.work.lifecycle import Verb
from cases.work.models import Case
from cases.work.services import ReasonMissing, Wanted, require_version
from cases.work.visibility import require_sight
from integrations.canonical.models import Facility
from integrations.outbox import services as outbox
from integrations.outbox.models import Destination
from integrations.ports.commands import Command

ACTOR = "ledger"
AT_ONCE = 500
CONFIRMED = "The ledger confirmed all that was decided."
NOT_REVERSIBLE = (
    "A voucher is reversed once, while it stands, after the ledger has confirmed it: one that the"
    " ledger has not taken is withdrawn before."
)
Digest = Callable[[Case], str]
"""The digest of what was asked for, with a case as it stands."""


class PostingRefused(DomainError):
    """A check does not hold, so nothing is booked and nothing leaves (HTTP 409).

    `checks` name those that do not.
    """

    code = "posting_refused"


class LedgerMissing(DomainError):
    """No system is named that keeps the books of a site."""

    code = "ledger_missing"


class ReversalRefused(DomainError):
    """The effect cannot be reversed: it booked nothing, is reversed or a reversal, or under way."""

    code = "reversal_refused"


class MayNotReverse(DomainError):
    """Only who answers for the books takes a voucher back (HTTP 403)."""

    code = "may_not_reverse"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a decision comes to: its plans, their vouchers, whom they go to, how the checks went."""

    planned: Sequence[Planned]
    drafts: Sequence[Draft]
    ledgers: Mapping[Facility, Destination | None]
    checks: Sequence[Check]

    @property
    def failed(self) -> list[Check]:
        """The checks that do not hold."""
        return [each for each in self.checks if not each.holds]


def checked(*, decided: Decided, digest: str, found: Digest, at: datetime) -> Ready:
    """What a decision would book, and every check; nothing is written.

    `digest` is that of the approval, `found` computes that of the case. Raises what planning
    raises: NotInstalled, NoOpenPeriod, TemplateMissing, AmountsRefused.
    """
    kind = EFFECTS.get(decided.matter)
    planned = reopened(kind.plan(decided), decided.case, amount=decided.amount)
    drafts = drafts_of(planned, at=at)
    sites = dict.fromkeys(_site(each, decided.case) for each in planned)
    ledgers = {site: ledger_of(site) for site in sites}
    facts = Facts(
        vouchers=[draft.voucher for draft in drafts],
        commanded={each.name: each.amount for each in planned if isinstance(each, CommandPlan)},
        amount=decided.amount,
        currency=decided.currency,
        receivable=kind.receivable(decided),
        credited=credited_receivables(decided.case) if drafts else ZERO,
        standing=standing_events(decided.case, [each.name for each in planned]),
        given=digest,
        found=found(decided.case),
        unkept=[str(site) for site, ledger in ledgers.items() if ledger is None],
        preparers=decided.preparers,
        approvers=decided.approvers,
    )
    return Ready(planned, drafts, ledgers, before_leaving(facts))


def _site(plan: Planned, case: Case) -> Facility:
    """The site whose ledger is told: a voucher's own, the case's for other commands."""
    return case.facility if isinstance(plan, CommandPlan) else plan.entity


@joining
def carry_out(
    *, case: Case, decided: Decided, digest: str, found: Digest, by: User, at: datetime
) -> list[Effect]:
    """Book and send what was decided, once, in the caller's transaction; returns the effects.

    Locks the case, reads it anew, then checks. `digest` is that of the approval, `found` computes
    that of the case. Raises PostingRefused and what `checked` raises; then nothing is written.
    """
    rows = Case.objects.select_related("facility").select_for_update(of=("self",))
    locked = rows.get(pk=case.pk)
    decided = replace(decided, case=locked)
    ready = checked(decided=decided, digest=digest, found=found, at=at)
    if ready.failed:
        words = " ".join(each.words for each in ready.failed)
        raise PostingRefused(words, checks=[each.key.value for each in ready.failed])
    vouchers = {draft.plan.name: draft for draft in ready.drafts}
    reason = f"{EFFECTS.get(decided.matter).label}, approved in {decided.request_reference}"
    made = []
    for plan in ready.planned:
        effect = services.write(
            decided=decided,
            event=plan.name,
            draft=vouchers.get(plan.name),
            digest=digest,
            by=by,
            reason=reason,
        )
        _ask(effect, _command(effect, plan), ready.ledgers[_site(plan, locked)], at=at)
        made.append(effect)
    EFFECTS.get(decided.matter).settle(decided, by)
    return made


def _command(effect: Effect, plan: Planned) -> Command:
    return plan.command if isinstance(plan, CommandPlan) else command_of(effect.journal)


def _ask(
    effect: Effect, command: Command, destination: Destination | None, *, at: datetime
) -> None:
    """Ask the system that keeps a site's books, in this transaction; cases go in their order.

    Raises LedgerMissing.
    """
    if destination is None:
        message = f"No system keeps the books for {effect.case}: name one in Set-up, under Ledgers."
        raise LedgerMissing(message)
    outbox.add(
        command=command,
        destination=destination,
        order_key=f"case:{effect.case_id}",
        event_key=effect.event_key,
        correlation_id=current_id(),
        at=at,
    )


FOLLOWING = (CheckKey.BALANCE, CheckKey.SOURCE, CheckKey.ACCOUNTS, CheckKey.ONCE)
"""What must hold of what follows from an approved effect; that it was approved, the effect says."""


@joining
def follow(*, after: Effect, plan: JournalPlan, by: User, reason: str, at: datetime) -> Effect:
    """Book what follows from an effect that was approved and stands, to its amount, once.

    It stands under the same request and digest, and goes to the ledger too. Locks the case. Raises
    PostingRefused, NoOpenPeriod, TemplateMissing, AmountsRefused, LedgerMissing.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=after.case_id)
    [draft] = drafts_of([plan], at=at)
    ledger = ledger_of(plan.entity)
    facts = Facts(
        vouchers=[draft.voucher],
        commanded={},
        amount=after.amount,
        currency=after.currency,
        receivable=ZERO,
        credited=ZERO,
        standing=standing_events(case, [plan.name]),
        given=after.digest,
        found=after.digest,
        unkept=[] if ledger else [str(plan.entity)],
    )
    failed = [each for each in before_leaving(facts) if each.key in FOLLOWING and not each.holds]
    if failed:
        words = " ".join(each.words for each in failed)
        raise PostingRefused(words, checks=[each.key.value for each in failed])
    decided = Decided(
        case=case,
        matter=after.kind,
        amount=after.amount,
        currency=after.currency,
        payee=None,
        request_reference=after.request_reference,
        decided_at=at,
    )
    made = services.write(
        decided=decided, event=plan.name, draft=draft, digest=after.digest, by=by, reason=reason
    )
    _ask(made, command_of(made.journal), ledger, at=at)
    return made


@joining
def reverse(*, effect: Effect, by: User, reason: str, at: datetime) -> Effect:
    """Take an effect's journal back by an equal and opposite one, linked to it.

    It goes to the ledger too, unless the ledger never took the journal: that message was withdrawn.
    Locks the case. Raises ReversalRefused, NoOpenPeriod, LedgerMissing.
    """
    locked = Case.objects.select_for_update(of=("self",)).get(pk=effect.case_id)
    held = {each.pk: each for each in reversible(locked)}
    if effect.pk not in held:
        raise ReversalRefused(NOT_REVERSIBLE)
    made = services.reverse(effect=held[effect.pk], by=by, reason=reason, at=at)
    if was_taken(effect):
        _ask(made, command_of(made.journal), ledger_of(made.journal.entity), at=at)
    return made


@transaction.atomic
def take_back(
    *, case: Case, journal: str, by: User, reason: str, at: datetime, seen_version: int
) -> Case:
    """Reverse a voucher of a case, named by its number (JE-…), by who answers for the books.

    The case stays as it is: who wants it decided anew reopens it. Raises CaseNotFound,
    MayNotReverse, StaleVersion, ReasonMissing, and what `reverse` raises.
    """
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    require_sight(by, locked)
    if not may(by, REVERSE_JOURNALS):
        raise MayNotReverse("Only who answers for the books reverses a voucher.")
    require_version(locked, Wanted(locked.pk, reason, seen_version=seen_version), by=by)
    if not reason.strip():
        raise ReasonMissing("Say why: a reversal needs a reason.")
    named = [each for each in reversible(locked) if each.journal.reference == journal]
    if not named:
        raise ReversalRefused(NOT_REVERSIBLE)
    reverse(effect=named[0], by=by, reason=reason.strip(), at=at)
    return locked


@transaction.atomic
def confirm(*, at: datetime, limit: int = AT_ONCE) -> int:
    """Close the cases of which the ledger confirmed all that was decided; returns how many.

    Locks them. What was refused or is unknown keeps its case resolved, until it is mended.
    """
    cases = list(confirmed_cases().select_for_update(of=("self",)).order_by("pk")[:limit])
    moving.move_many(
        wanted=[Wanted(case.pk, CONFIRMED, {"disposition": case.disposition}) for case in cases],
        verb=Verb.CLOSE,
        by=system_actor(ACTOR),
        at=at,
    )
    return len(cases)
