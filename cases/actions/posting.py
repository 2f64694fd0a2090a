"""Carrying out what was decided: checked, booked and sent, in the transaction that decides it.

Whoever approves calls `carry_out` when the last step is done; before that, `checked` says what
would be booked and which checks hold, and writes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.effects import services
from cases.effects.checks import Check, Facts, before_leaving
from cases.effects.kinds import EFFECTS, CommandPlan, Decided, Planned
from cases.effects.models import Effect
from cases.effects.queries import Draft, credited_receivables, drafts_of, standing_events
from cases.work.models import Case

Digest = Callable[[], str]
"""The digest of what stands now, computed when it is asked for."""


class PostingRefused(DomainError):
    """A check does not hold, so nothing is booked and nothing leaves (HTTP 409).

    `checks` name those that do not.
    """

    code = "posting_refused"


class ReversalRefused(DomainError):
    """The effect cannot be reversed: it booked nothing, or is reversed, or is a reversal."""

    code = "reversal_refused"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a decision comes to: its plans, their vouchers, and how the checks went."""

    planned: Sequence[Planned]
    drafts: Sequence[Draft]
    checks: Sequence[Check]

    @property
    def failed(self) -> list[Check]:
        """The checks that do not hold."""
        return [each for each in self.checks if not each.holds]


def checked(*, decided: Decided, digest: str, found: Digest, at: datetime) -> Ready:
    """What a decision would book, and every check; nothing is written.

    `digest` is that of the approval, `found` computes that of what stands now. Raises what planning
    raises: NotInstalled, NoOpenPeriod, TemplateMissing, AmountsRefused.
    """
    kind = EFFECTS.get(decided.matter)
    planned = kind.plan(decided)
    drafts = drafts_of(planned, at=at)
    facts = Facts(
        vouchers=[draft.voucher for draft in drafts],
        commanded={each.name: each.amount for each in planned if isinstance(each, CommandPlan)},
        amount=decided.amount,
        currency=decided.currency,
        receivable=kind.receivable(decided),
        credited=credited_receivables(decided.case),
        standing=standing_events(decided.case, [each.name for each in planned]),
        given=digest,
        found=found(),
        preparers=decided.preparers,
        approvers=decided.approvers,
    )
    return Ready(planned, drafts, before_leaving(facts))


@transaction.atomic
def carry_out(
    *, case: Case, decided: Decided, digest: str, found: Digest, by: User, at: datetime
) -> list[Effect]:
    """Book and send what was decided, once, in the caller's transaction; returns the effects.

    Locks the case, then checks. `digest` is that of the approval, `found` computes that of what
    stands now. Raises PostingRefused and what `checked` raises; then nothing is written.
    """
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    decided = replace(decided, case=locked)
    ready = checked(decided=decided, digest=digest, found=found, at=at)
    if ready.failed:
        words = " ".join(each.words for each in ready.failed)
        raise PostingRefused(words, checks=[each.key.value for each in ready.failed])
    vouchers = {draft.plan.name: draft for draft in ready.drafts}
    write = partial(
        services.write,
        decided=decided,
        digest=digest,
        by=by,
        reason=f"{EFFECTS.get(decided.matter).label}, approved in {decided.request_reference}",
    )
    return [write(event=each.name, draft=vouchers.get(each.name)) for each in ready.planned]


@transaction.atomic
def reverse(*, effect: Effect, by: User, reason: str, at: datetime) -> Effect:
    """Take an effect's journal back by an equal and opposite one, linked to it.

    Locks the case. Raises ReversalRefused, NoOpenPeriod.
    """
    Case.objects.select_for_update(of=("self",)).get(pk=effect.case_id)
    held = Effect.objects.standing().filter(pk=effect.pk, journal__isnull=False)
    locked = held.select_related("case", "journal__entity", "journal__template").first()
    if locked is None:
        message = "Only a voucher that stands can be reversed, and only once."
        raise ReversalRefused(message)
    return services.reverse(effect=locked, by=by, reason=reason, at=at)
