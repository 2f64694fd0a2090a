"""Reads of the ledger: what a plan would book, what was booked for a case."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing_portal.kernel.models.dated import in_force
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import ZERO
from cases.effects.checks import Sided, Voucher
from cases.effects.comparing import Ours, Presence
from cases.effects.composing import compose, tied_of
from cases.effects.days import Period, posting_day
from cases.effects.kinds import JournalPlan, Planned
from cases.effects.models import (
    AccountMapping,
    Effect,
    FiscalPeriod,
    JournalLine,
    JournalTemplate,
    Ledger,
    Reconciliation,
    Reopening,
)
from cases.effects.vocabulary import AccountKind, AccountRole, PeriodState
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from cases.work.querysets import CaseQuerySet
from integrations.canonical.models import Facility
from integrations.outbox.lifecycle import FINAL, OutboxState
from integrations.outbox.models import Destination, OutboxMessage


class TemplateMissing(DomainError):
    """No journal template of that key is in force on the day."""

    code = "template_missing"


@dataclass(frozen=True, slots=True)
class Draft:
    """A voucher ready to be written, and what it was made of."""

    plan: JournalPlan
    template: JournalTemplate
    voucher: Voucher
    original_on: date

    @property
    def is_moved(self) -> bool:
        """Whether it is posted on another day than it was decided, for the period is closed."""
        return self.voucher.posting_on != self.original_on


def drafts_of(planned: Sequence[Planned], *, at: datetime) -> list[Draft]:
    """The vouchers among the plans, ready. Raises NoOpenPeriod, TemplateMissing, AmountsRefused."""
    return [_draft(each, at=at) for each in planned if isinstance(each, JournalPlan)]


def _draft(plan: JournalPlan, *, at: datetime) -> Draft:
    original_on, posting_on = (plan.on, plan.on) if plan.on else days_of(plan.entity, at=at)
    template = template_of(plan.template, on=posting_on)
    lines = list(template.lines.order_by("position"))
    sides, unmapped = _sided(compose(lines, plan.amounts), plan.entity, on=posting_on)
    voucher = Voucher(
        event=plan.name,
        lines=sides,
        unmapped=unmapped,
        tied=tied_of(lines, plan.amounts),
        posting_on=posting_on,
    )
    return Draft(plan, template, voucher, original_on)


def days_of(entity: Facility, *, at: datetime) -> tuple[date, date]:
    """The day of a moment at a site, and the day on which it is posted. Raises NoOpenPeriod."""
    on = at.astimezone(ZoneInfo(entity.time_zone)).date()
    return on, posting_day(periods_of(entity, since=on), on)


def periods_of(entity: Facility, *, since: date) -> list[Period]:
    """A site's fiscal periods and everybody's that end on a day or later."""
    rows = FiscalPeriod.objects.filter(Q(entity=entity) | Q(entity=None), ends_on__gte=since)
    return [
        Period(starts_on, ends_on, state == PeriodState.OPEN, is_own=entity_id is not None)
        for starts_on, ends_on, state, entity_id in rows.values_list(
            "starts_on", "ends_on", "state", "entity_id"
        )
    ]


def reopened(planned: Sequence[Planned], case: Case, *, amount: Decimal) -> list[Planned]:
    """The plans, those vouchers dated back for which a closed period was reopened.

    Of several days for one template, the one that was approved first counts. One query; none where
    nothing is booked.
    """
    if not any(isinstance(each, JournalPlan) for each in planned):
        return list(planned)
    held = Reopening.objects.unused().filter(case=case, amount=amount).order_by("-pk")
    days = dict(held.values_list("template", "posting_on"))
    return [
        replace(each, on=days.get(each.template)) if isinstance(each, JournalPlan) else each
        for each in planned
    ]


def template_of(key: str, *, on: date) -> JournalTemplate:
    """The template of a key that is in force on a day. Raises TemplateMissing."""
    held = JournalTemplate.objects.filter(in_force(on), key=key).first()
    if held is None:
        message = f"No journal template “{key}” is in force on {on}."
        raise TemplateMissing(message)
    return held


def _sided(net: dict[str, Decimal], entity: Facility, *, on: date) -> tuple[list[Sided], list[str]]:
    """The lines of a voucher, and the roles that no account is mapped for."""
    rows = AccountMapping.objects.filter(
        in_force(on), Q(entity=entity) | Q(entity=None), role__in=list(net)
    )
    ordered = rows.select_related("account").order_by(F("entity").asc(nulls_first=True))
    accounts = {each.role: each.account for each in ordered}
    lines = [
        Sided(
            account_id=accounts[role].pk,
            code=accounts[role].code,
            name=accounts[role].name,
            is_receivable=accounts[role].kind == AccountKind.RECEIVABLE,
            is_active=accounts[role].is_active,
            debit=max(amount, ZERO),
            credit=max(-amount, ZERO),
        )
        for role, amount in net.items()
        if role in accounts
    ]
    return lines, [AccountRole(role).label for role in net if role not in accounts]


def ledger_of(entity: Facility) -> Destination | None:
    """The system that keeps a site's books; None: nobody named one, or it takes nothing now.

    A site's own that takes nothing is not replaced by everybody's: those are other books.
    """
    rows = Ledger.objects.filter(Q(entity=entity) | Q(entity=None))
    held = rows.select_related("destination").order_by(F("entity").asc(nulls_last=True)).first()
    return held.destination if held and held.destination.is_active else None


def standing_events(case: Case, events: Collection[str]) -> set[str]:
    """Those of the events that were carried out for a case and hold."""
    held = Effect.objects.standing().filter(case=case, event__in=list(events))
    return set(held.values_list("event", flat=True))


def credited_receivables(case: Case) -> Decimal:
    """What vouchers took off receivables since a case is in its cycle, reversals counted back.

    What is at risk is what the newest denial denies: a cycle before it had a receivable of its own.
    """
    begun = Case.history.filter(id=case.pk, cycle=case.cycle).order_by("version").values("version")
    lines = JournalLine.objects.filter(
        journal__effect__case=case,
        journal__effect__version__gte=Subquery(begun[:1]),
        account__kind=AccountKind.RECEIVABLE,
    )
    summed = lines.aggregate(net=Coalesce(Sum(F("credit") - F("debit")), ZERO))
    net: Decimal = summed["net"]
    return net


def confirmed_cases() -> CaseQuerySet:
    """Resolved cases whose last decision the ledger has carried out: all of it was confirmed.

    What was taken back may have been withdrawn instead, or never sent.
    """
    of_case = Effect.objects.filter(case=OuterRef("pk"))
    newest = of_case.standing().filter(decided_at__gte=OuterRef("resolved_at"))
    waiting = of_case.filter(
        Q(~Exists(sent(state=OutboxState.CONFIRMED)), reverses=None, reversed_by=None)
        | Q(Exists(sent().exclude(state__in=sorted(FINAL))))
    )
    return Case.objects.filter(Exists(newest), ~Exists(waiting), status=CaseStatus.RESOLVED)


def sent(**how: Any) -> QuerySet[OutboxMessage]:
    """The message of an effect, to be asked inside a query of effects."""
    return OutboxMessage.objects.filter(event_key=OuterRef("event_key"), **how)


def reversible(case: Case) -> list[Effect]:
    """The effects of a case whose journal can be taken back now, the oldest first.

    They stand, and nothing more happens to what was sent: the ledger took it, or never will.
    """
    held = Effect.objects.standing().filter(
        Exists(sent(state__in=sorted(FINAL))), case=case, journal__isnull=False
    )
    return list(held.select_related("case", "journal__entity", "journal__template").order_by("pk"))


def was_taken(effect: Effect) -> bool:
    """Whether the ledger confirmed an effect; what was withdrawn it never took."""
    found = OutboxMessage.objects.filter(event_key=effect.event_key, state=OutboxState.CONFIRMED)
    return found.exists()


PRESENT = {
    OutboxState.CONFIRMED: Presence.MUST,
    OutboxState.REJECTED: Presence.MUST_NOT,
    OutboxState.DEAD: Presence.MUST_NOT,
    OutboxState.WITHDRAWN: Presence.MUST_NOT,
}
"""What a message's state says of its document; what is not here is under way."""


def ours_since(destination: Destination, *, since: datetime) -> list[Ours]:
    """The effects that were asked of a ledger since a moment, as they were booked. Two queries."""
    messages = OutboxMessage.objects.filter(destination=destination, added_at__gte=since)
    states = dict(messages.values_list("event_key", "state"))
    effects = Effect.objects.filter(event_key__in=list(states)).select_related("journal")
    with_lines = effects.prefetch_related("journal__lines__account").order_by("pk")
    return [_ours(effect, OutboxState(states[effect.event_key])) for effect in with_lines]


def _ours(effect: Effect, state: OutboxState) -> Ours:
    journal = getattr(effect, "journal", None)
    net: dict[str, Decimal] = defaultdict(Decimal)
    for line in journal.lines.all() if journal else ():
        net[line.account.code] += line.debit - line.credit
    return Ours(
        key=effect.event_key.hex,
        presence=PRESENT.get(state, Presence.MAY),
        total=journal.total if journal else effect.amount,
        currency=effect.currency,
        posting_on=journal.posting_on if journal else None,
        net={code: amount for code, amount in net.items() if amount},
    )


def known_keys(keys: Collection[str]) -> set[str]:
    """Those of the keys that are an effect's: asked for earlier, or while one looked."""
    return {key.hex for key in Effect.objects.with_keys(keys).values_list("event_key", flat=True)}


def newest_runs() -> QuerySet[Reconciliation]:
    """The last comparison with each ledger that answered."""
    answered = Reconciliation.objects.filter(failure="").order_by("destination", "-pk")
    return answered.distinct("destination")


def credited_to(case: Case, role: AccountRole) -> Decimal:
    """What the vouchers of a case credit, less what they debit, to the accounts of a role."""
    accounts = AccountMapping.objects.filter(role=role).values("account")
    lines = JournalLine.objects.filter(journal__effect__case=case, account__in=accounts)
    summed = lines.aggregate(net=Coalesce(Sum(F("credit") - F("debit")), ZERO))
    net: Decimal = summed["net"]
    return net
