"""What is known of a credit beside its details: research, ways, acts, clocks and rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing_portal.accounts.models import User
from billing_portal.kernel.models.dated import in_force
from cases.effects.models import Effect
from cases.effects.vocabulary import Template
from cases.types.refund.federal import FederalClock, Rule, clock_of
from cases.types.refund.models import (
    FederalAct,
    FederalRule,
    RefundCheck,
    Research,
    Return,
    StateRule,
)
from cases.types.refund.unclaimed import (
    DORMANT,
    STALE_DAYS,
    UNCASHED,
    Dormancy,
    years_after,
)
from cases.types.refund.vocabulary import FederalActKind
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from integrations.canonical.models import EntryKind, LedgerEntry

ENDED = frozenset({CaseStatus.CLOSED, CaseStatus.MERGED, CaseStatus.VOIDED})
"""When a federal overpayment is returned: a case that is only resolved is decided, not paid."""

REFUNDS = (Template.PAYER_REFUND, Template.PATIENT_REFUND)


@dataclass(frozen=True, slots=True)
class OpenClock:
    """One federal overpayment that is not returned yet; `rule` None: none is known of its class."""

    case: Case
    clock: FederalClock
    rule: Rule | None

    @property
    def due_on(self) -> date | None:
        """The last day to report and return."""
        return self.clock.due_on(self.rule) if self.rule else None

    def is_suspended(self, *, on: date) -> bool:
        """Whether an investigation holds the days still on a day."""
        return self.rule is not None and self.clock.is_suspended(self.rule, on=on)

    def is_late(self, *, on: date) -> bool:
        """Whether the last day is over on a day."""
        return self.due_on is not None and self.due_on < on


def research_of(case: Case) -> Research | None:
    """What was found last, on the facts as they are now; None: it is to be found."""
    found = Research.objects.filter(case=case).select_related("payer", "found_by")
    newest = found.order_by("-pk").first()
    holds = newest is not None and newest.decision == case.details["decision"]
    return newest if holds else None


def return_of(case: Case) -> Return | None:
    """The way chosen last, for the research that holds."""
    research = research_of(case)
    if research is None:
        return None
    return research.returns.select_related("chosen_by").order_by("-pk").first()


def carried_out(case: Case) -> QuerySet[Return]:
    """The refunds of a case that were approved and booked, and not taken back since, in order."""
    vouchers = Effect.objects.standing().filter(case=case, journal__template__key__in=REFUNDS)
    booked = vouchers.values("request_reference")
    return Return.objects.filter(case=case, request_reference__in=booked).order_by("pk")


def sent_of(case: Case) -> Decimal:
    """What was sent back already of the credit as it is known now."""
    sent = carried_out(case).filter(research__decision=case.details["decision"])
    return sum((each.amount for each in sent), Decimal("0.00"))


def acts_of(case: Case) -> dict[FederalActKind, date]:
    """What is signed on a case, by kind."""
    return {
        FederalActKind(act.kind): act.on
        for act in FederalAct.objects.filter(case=case).order_by("pk")
    }


def federal_rule(payer_class: str, *, on: date) -> Rule | None:
    """What the law says of a class of payers on a day."""
    rules = FederalRule.objects.filter(in_force(on), payer_class=payer_class)
    held = rules.order_by("-valid_from").first()
    return _terms(held) if held else None


def state_rule(state: str, *, on: date) -> StateRule | None:
    """What a state says on a day."""
    return StateRule.objects.filter(in_force(on), state=state).order_by("-valid_from").first()


def state_rules(*, on: date) -> dict[str, Dormancy]:
    """Every state's rule on unclaimed money on a day."""
    rows = StateRule.objects.filter(in_force(on)).order_by("valid_from", "pk")
    return {
        row.state: Dormancy(row.dormancy_years, row.notice_from, row.notice_days) for row in rows
    }


def moved_by_days(rules: Mapping[str, Dormancy], *, on: date) -> QuerySet[RefundCheck]:
    """The checks that the days lead on: uncashed for too long, or unclaimed by their state's rule.

    The oldest first. What waits for somebody to write, or for a rule, is not among them.
    """
    found = Q(status__in=sorted(UNCASHED), issued_on__lte=on - timedelta(days=STALE_DAYS))
    for state, rule in rules.items():
        in_time = on - timedelta(days=rule.notice_days)
        found |= Q(
            Q(amount__lt=rule.notice_from) | Q(contacted_on__lte=in_time),
            status__in=sorted(DORMANT),
            owner_state=state,
            issued_on__lte=years_after(on, -rule.years),
        )
    return RefundCheck.objects.filter(found).order_by("issued_on", "pk")


def open_clocks(cases: QuerySet[Case]) -> Iterator[OpenClock]:
    """The clocks that run on cases, the earliest due first: three queries for any number."""
    signed = (
        cases.filter(federal_acts__kind=FederalActKind.IDENTIFIED)
        .exclude(status__in=sorted(ENDED))
        .select_related("payer", "facility", "queue")
        .order_by("pk")
    )
    held = list(signed)
    acts: dict[int, dict[FederalActKind, date]] = {case.pk: {} for case in held}
    for act in FederalAct.objects.filter(case__in=held).order_by("pk"):
        acts[act.case_id][FederalActKind(act.kind)] = act.on
    rules = list(FederalRule.objects.order_by("valid_from"))
    found = [
        OpenClock(case, clock, _rule_of(rules, case, clock.identified_on))
        for case in held
        if (clock := clock_of(acts[case.pk])) is not None
    ]
    yield from sorted(found, key=lambda each: (each.due_on or date.max, each.case.pk))


def _rule_of(rules: Sequence[FederalRule], case: Case, on: date) -> Rule | None:
    valid = [
        rule
        for rule in rules
        if case.payer is not None
        and rule.payer_class == case.payer.payer_class
        and rule.valid_from <= on
        and (rule.valid_to is None or on < rule.valid_to)
    ]
    return _terms(valid[-1]) if valid else None


def _terms(held: FederalRule) -> Rule:
    return Rule(held.days, held.suspension_days, held.look_back_years)


def posters(case: Case, *, payer_id: int | None) -> list[User]:
    """Who posted the payments of a payer (None: the patient) to the account, as people here."""
    whose = Q(payer=None) if payer_id is None else Q(payer=payer_id)
    paid = LedgerEntry.objects.filter(whose, account=case.account_id, kind=EntryKind.PAYMENT)
    return list(User.objects.known_as(paid.values_list("posted_by", flat=True)).order_by("pk"))


def shares_of(case: Case) -> dict[int | None, Decimal]:
    """How much of a credit is whose, by payer; None: the patient's."""
    return {each["payer_id"]: Decimal(each["amount"]) for each in case.details["shares"]}
