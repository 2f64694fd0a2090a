"""One request as its page shows it: all that a decision needs, on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.functional import cached_property

from billing_portal.access.grants import may
from billing_portal.access.roles import SEE_EDITIONS
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.money import ZERO
from cases.actions.foreseeing import Foreseen, foreseen
from cases.approvals.eligibility import (
    Eligible,
    MayNotDecide,
    eligible,
    human_of,
    item_of,
    judge,
    voices_of,
)
from cases.approvals.listing import asked_before, like_it, sealed_as
from cases.approvals.models import ApprovalAct, ApprovalRequest
from cases.approvals.sealing import Difference, changed, differences, standing_of, unsealed
from cases.approvals.terms import Step, Terms
from cases.approvals.vocabulary import VERDICTS, Act, RequestState
from cases.approvals.wording import rule_of
from cases.effects.checks import Check, CheckKey
from cases.effects.kinds import CommandPlan
from cases.effects.queries import Draft
from cases.evidence.models import Attachment
from cases.web.approvallist import TONES, due_of
from cases.web.caseparts import days_of
from cases.web.presenters import Due, masked_patient, shown_day, shown_money, shown_time, words_of
from integrations.canonical.models import EntryKind

FILES = 6
SAID_ELSEWHERE = {CheckKey.APPROVAL, CheckKey.PEOPLE}
"""Checks whose question the page answers by itself: what changed, and who may decide."""


@dataclass(frozen=True, slots=True)
class Line:
    """A check: what it looked at, what it found, and whether it holds."""

    label: str
    words: str = ""
    holds: bool = True


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A step of the chain: done, now or to come, who decided, who may."""

    state: str
    label: str
    rule: str
    decided: Sequence[str]
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """What stands on an account under one name."""

    label: str
    amount: str


class ApprovalPage:
    """One request for one reader. Reads in the order it is asked, each thing once."""

    def __init__(
        self, approval: ApprovalRequest, *, reader: User, now: datetime, last_seen: str = ""
    ) -> None:
        """`last_seen` is the digest that the reader saw the last time, if they did."""
        self.approval, self.reader, self.now = approval, reader, now
        self.case, self.last_seen = approval.case, last_seen

    @property
    def title(self) -> str:
        """What is asked for."""
        return self.approval.get_matter_display()

    @property
    def amount(self) -> str:
        """How much."""
        return self.money(self.approval.amount)

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES.get(RequestState(self.approval.state), "")

    @property
    def is_pending(self) -> bool:
        """Whether it waits for a decision."""
        return self.approval.state == RequestState.PENDING

    @property
    def due(self) -> Due | None:
        """By when the step should be decided."""
        return due_of(self.approval, now=self.now)

    @property
    def terms(self) -> Terms:
        """Its policy, as it was when it was asked."""
        return self.approval.policy_version.terms

    @property
    def step(self) -> str:
        """Where it stands."""
        return f"step {self.approval.step + 1} of {len(self.terms.steps)}"

    @property
    def asked(self) -> str:
        """Who asked, and when."""
        return f"{self.approval.requested_by}, {shown_time(self.approval.requested_at)}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What it is about."""
        case, sealed = self.case, unsealed(self.approval.sealed)
        payee = sealed.payee
        found = [
            ("Case", f"{case.reference} · {case.title}"),
            ("Why it is open", words_of(case)),
            ("Patient", masked_patient(case)),
            ("Payer", case.payer.name if case.payer else ""),
            ("Site", case.facility.name),
            ("Pays", f"{payee.kind.capitalize()} {payee.identifier}" if payee else ""),
        ]
        return [(label, value) for label, value in found if value]

    @cached_property
    def may(self) -> list[Eligible]:
        """Who may decide now, in which voice."""
        return eligible(self.approval, at=self.now) if self.is_pending else []

    @cached_property
    def voice(self) -> Eligible | None:
        """The voice with which the reader may decide: their own if they may."""
        mine = [each for each in self.may if each.person_id == self.reader.pk]
        own = [each for each in mine if each.speaker_id == self.reader.pk]
        return next(iter(own or mine), None)

    @property
    def acting_for(self) -> int | None:
        """For whom the reader decides, if not for themselves."""
        if self.voice is None or self.voice.speaker_id == self.reader.pk:
            return None
        return self.voice.speaker_id

    @property
    def acting_for_name(self) -> str:
        """The same in words."""
        return str(self.people[self.acting_for]) if self.acting_for else ""

    @cached_property
    def people(self) -> dict[int, User]:
        """Everybody whom the page names."""
        named = {each.person_id for each in self.may} | {each.speaker_id for each in self.may}
        return User.objects.in_bulk(named)

    @cached_property
    def acts(self) -> list[ApprovalAct]:
        """What people had to do with it."""
        return list(self.approval.acts.select_related("person", "for_person").order_by("pk"))

    @cached_property
    def refusal(self) -> str:
        """Why the reader may not decide; empty: they may, or there is nothing to decide."""
        if not self.is_pending or self.voice:
            return ""
        item = item_of(self.approval, self.acts, human_of(self.approval.requested_by))
        try:
            judge(
                item,
                voices_of([self.reader.pk], at=self.now)[self.reader.pk],
                speaker_id=self.reader.pk,
            )
        except MayNotDecide as refused:
            return str(refused)
        return "Another step or another person is asked."

    @property
    def is_requester(self) -> bool:
        """Whether the reader asked, by any of their accounts."""
        return human_of(self.reader) == human_of(self.approval.requested_by)

    @property
    def is_returned(self) -> bool:
        """Whether the requester is asked for information."""
        return self.approval.state == RequestState.RETURNED

    @property
    def is_live(self) -> bool:
        """Whether it can be taken back."""
        return self.is_pending or self.is_returned

    @property
    def must_sign_in(self) -> bool:
        """Whether the amount wants a fresh sign-in."""
        return self.terms.wants_fresh(self.approval.tier_amount)

    @cached_property
    def stale(self) -> list[Difference]:
        """How the case differs from what was sealed of it; a decided request is past that."""
        if not self.is_live:
            return []
        return differences(self.approval.sealed, standing_of(self.case))

    @cached_property
    def since(self) -> tuple[str, list[Difference]] | None:
        """What changed since the reader looked, since it was returned, or since an earlier one."""
        for label, text in self._earlier():
            found = changed(text, self.approval.sealed) if text else []
            if found:
                return label, found
        return None

    def _earlier(self) -> list[tuple[str, str]]:
        approval = self.approval
        seen = self.last_seen if self.last_seen != approval.digest else ""
        before = asked_before(approval)
        returned = [act.digest for act in self.acts if act.digest != approval.digest][-1:]
        return [
            ("since you looked last", sealed_as(approval, seen) if seen else ""),
            ("since it was returned", sealed_as(approval, returned[0]) if returned else ""),
            (f"since {before}" if before else "", before.sealed if before else ""),
        ]

    @cached_property
    def foreseen(self) -> Foreseen:
        """What the last approval would do."""
        return foreseen(approval=self.approval, at=self.now)

    @property
    def checks(self) -> list[Line]:
        """What a machine can check, checked now."""
        found = [self._duties(), self._seal(), *map(_line, self._posting_checks())]
        if self.foreseen.problem:
            found.append(Line("It could not be posted", self.foreseen.problem, holds=False))
        if self.approval.is_linked:
            words = (
                f"Asked for with {', '.join(self.approval.linked)} within thirty days:"
                f" {self.money(self.approval.tier_amount)} together chose the policy."
            )
            found.append(Line("Counts together with others", words, holds=False))
        return found

    def _duties(self) -> Line:
        if self.refusal:
            return Line("You may not decide", self.refusal, holds=False)
        return Line("Made and decided by others: duties are kept apart")

    def _seal(self) -> Line:
        if self.stale:
            return Line("It no longer holds", "; ".join(map(str, self.stale)), holds=False)
        return Line("The case is what it was when this was asked for")

    def _posting_checks(self) -> list[Check]:
        ready = self.foreseen.ready
        return [each for each in ready.checks if each.key not in SAID_ELSEWHERE] if ready else []

    @cached_property
    def ledger(self) -> list[AccountLine]:
        """What stands on the account, by kind and payer."""
        if self.case.account is None:
            return []
        rows = (
            self.case.account.entries.values("kind", "payer__name")
            .annotate(total=Sum("amount"), number=Count("pk"))
            .order_by("kind", "payer__name")
        )
        self.ledger_total = sum((row["total"] for row in rows), start=ZERO)
        return [
            AccountLine(
                f"{EntryKind(row['kind']).label}, {row['payer__name'] or 'patient'}"
                f" ({row['number']})",
                self.money(row["total"]),
            )
            for row in rows
        ]

    @property
    def balance(self) -> str:
        """What the entries come to."""
        return self.money(self.ledger_total) if self.ledger else ""

    @property
    def ties_out(self) -> bool:
        """Whether the entries come to the balance that the source states."""
        account = self.case.account
        return account is not None and bool(self.ledger) and self.ledger_total == account.balance

    @property
    def journals(self) -> list[dict[str, Any]]:
        """The vouchers that the last approval books."""
        ready = self.foreseen.ready
        return [self._journal(draft) for draft in ready.drafts] if ready else []

    def _journal(self, draft: Draft) -> dict[str, Any]:
        lines = [
            (f"{line.code} {line.name}", self._side(line.debit), self._side(line.credit))
            for line in draft.voucher.lines
        ]
        moved = f" for {days_of(draft.original_on, None)}" if draft.is_moved else ""
        return {
            "label": draft.template.label,
            "lines": lines,
            "on": f"{days_of(draft.voucher.posting_on, None)}{moved}",
        }

    def _side(self, amount: Decimal) -> str:
        return self.money(amount) if amount else ""

    @property
    def commands(self) -> list[str]:
        """What else is asked of another system."""
        ready = self.foreseen.ready
        plans = ready.planned if ready else []
        return [
            f"{plan.name.replace('_', ' ').capitalize()}: {self.money(plan.amount)}"
            for plan in plans
            if isinstance(plan, CommandPlan)
        ]

    @property
    def ending(self) -> str:
        """What the last approval does to the case."""
        if self.foreseen.ending is None:
            return "Work on the case goes on."
        return f"The case ends: {self.foreseen.ending.label.lower()}."

    @property
    def if_rejected(self) -> str:
        """What a rejection does."""
        whom = str(self.case.owner) if self.case.owner else self.case.queue.name
        return (
            f"Nothing is booked. The case goes back to {whom}, and"
            f" {self.approval.requested_by} reads your reason."
        )

    @cached_property
    def files(self) -> list[dict[str, Any]]:
        """The newest files of the case, and which of them were sealed with the request."""
        sealed = set(unsealed(self.approval.sealed).evidence)
        found = Attachment.objects.filter(case=self.case).order_by("-pk")[:FILES]
        return [
            {
                "name": each.filename,
                "url": reverse("cases:attachment", args=[each.public_id]),
                "kind": each.content_type.split("/")[-1].upper(),
                "size": each.size,
                "is_sealed": each.sha256 in sealed,
            }
            for each in found
        ]

    @property
    def chain(self) -> list[ChainStep]:
        """The steps, with who decided and who may."""
        return [self._chain_step(number, step) for number, step in enumerate(self.terms.steps)]

    def _chain_step(self, number: int, step: Step) -> ChainStep:
        cycle = self.approval.cycle
        acts = [
            act
            for act in self.acts
            if act.act in VERDICTS and act.step == number and act.cycle == cycle
        ]
        is_here = self.is_pending and number == self.approval.step
        is_past = number < self.approval.step or self.approval.state == RequestState.APPROVED
        return ChainStep(
            state="now" if is_here else "done" if is_past else "",
            label=step.label,
            rule=rule_of(step),
            decided=[said_of(act) for act in acts],
            people=self._names() if is_here else [],
        )

    def _names(self) -> list[str]:
        """Who may decide now; whoever decides for somebody says so."""
        return [
            f"{self.people[each.person_id]}"
            if each.person_id == each.speaker_id
            else f"{self.people[each.person_id]} for {self.people[each.speaker_id]}"
            for each in self.may
        ]

    @property
    def policy(self) -> list[str]:
        """The policy in sentences."""
        terms = self.terms
        upper = f" and under {self.money(terms.to_amount)}" if terms.to_amount is not None else ""
        lines = [f"From {self.money(terms.from_amount)}{upper}."]
        lines.append(
            f"Reminded after {terms.remind_after}, escalated after {terms.escalate_after} business"
            " days; time never approves."
        )
        if terms.fresh_from is not None:
            lines.append(f"From {self.money(terms.fresh_from)} on with a sign-in just before.")
        return lines

    @property
    def policy_url(self) -> str:
        """Where that version of the policy is shown, to who may read rules."""
        held = self.approval.policy_version
        if not may(self.reader, SEE_EDITIONS):
            return ""
        return reverse("cases:policy_version", args=[held.policy, held.number])

    @cached_property
    def others(self) -> list[dict[str, Any]]:
        """Earlier requests for the same payee or account, and what became of them."""
        return [
            {
                "reference": each.reference,
                "url": reverse("cases:approval", args=[each.public_id]),
                "amount": shown_money(each.amount, each.currency),
                "state": each.get_state_display(),
                "on": shown_day(each.requested_at),
            }
            for each in like_it(self.approval, user=self.reader)
        ]

    def money(self, amount: Decimal) -> str:
        """An amount in its currency."""
        return shown_money(amount, self.approval.currency)


def _line(check: Check) -> Line:
    return Line(check.key.label, check.words, check.holds)


def said_of(act: ApprovalAct) -> str:
    """Who decided what, for whom, and when."""
    whom = f" for {act.for_person}" if act.for_person else ""
    return f"{Act(act.act).label} by {act.person}{whom}, {shown_time(act.at)}"
