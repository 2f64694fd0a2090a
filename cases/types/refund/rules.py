"""Whether an account holds money that is not ours, why, and whose it seems to be. Pure.

Source of the rules: the house's domain rules on credit balances (4.1 and 4.3). A credit is never
too small to be somebody's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.types.refund.postings import ZERO, Ledger, Payment, insurers, paid, patients
from cases.types.refund.vocabulary import Reason
from integrations.canonical.models import EntryKind

PRIMARY = 1
LAST = 99  # the place of a payer whose place nobody named


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One reason to think that something was paid too much, and how much of it."""

    reason: Reason
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a credit is whose; `payer_id` None: the patient's."""

    payer_id: int | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with an account: the credit, the reasons, and whose it seems to be.

    `amount` is the credit, or the largest suspicion where the account still owes something.
    """

    credit: Decimal
    suspicions: tuple[Suspicion, ...]
    shares: tuple[Share, ...]

    @property
    def amount(self) -> Decimal:
        """What may have to be given back."""
        return self.credit or max(each.amount for each in self.suspicions)


def judge(ledger: Ledger) -> Judgement | None:
    """What is wrong with an account; None when nothing is."""
    suspicions = tuple(
        Suspicion(reason, amount) for reason, amount in suspected(ledger) if amount > 0
    )
    return Judgement(ledger.credit, suspicions, shares(ledger)) if suspicions else None


def suspected(ledger: Ledger) -> Iterator[tuple[Reason, Decimal]]:
    """Every reason with its amount, the surest first; the last three need a credit."""
    for reason, amount_of in SIGNS.items():
        yield reason, amount_of(ledger)
    if ledger.credit:
        explained = False
        for reason, amount_of in EXPLANATIONS.items():
            amount = min(amount_of(ledger), ledger.credit)
            explained = explained or amount > 0
            yield reason, amount
        if not explained:
            yield Reason.CREDIT, ledger.credit


def twice(ledger: Ledger) -> Decimal:
    """Same payer, line and amount more than once, all standing: all but the first."""
    return sum(doubles(ledger).values(), ZERO)


def doubles(ledger: Ledger) -> dict[int | None, Decimal]:
    """What each payer paid twice."""
    seen: set[object] = set()
    more: dict[int | None, Decimal] = defaultdict(Decimal)
    for payment in insurers(ledger.payments):
        if payment.place in seen:
            more[payment.posting.payer_id] += payment.amount
        seen.add(payment.place)
    return more


def second_primary(ledger: Ledger) -> Decimal:
    """Two payers or more paid a claim as the first: all but the one that paid most."""
    first: dict[str, dict[int | None, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for payment in insurers(ledger.payments):
        if payment.posting.rank == PRIMARY:
            first[payment.posting.claim][payment.posting.payer_id] += payment.amount
    claims = [each.values() for each in first.values()]
    return sum((sum(each, ZERO) - max(each) for each in claims), ZERO)


def not_taken_back(ledger: Ledger) -> Decimal:
    """What a payer reversed by its remittances and the account still holds as its payment."""
    posted: dict[tuple[int | None, str], Decimal] = defaultdict(Decimal)
    for payment in ledger.payments:
        posted[payment.posting.payer_id, payment.posting.claim] += payment.amount
    return sum(
        (
            max(posted[each.payer_id, each.claim] - max(each.paid, ZERO), ZERO)
            for each in ledger.remitted
            if each.is_reversed
        ),
        ZERO,
    )


def over_allowed(ledger: Ledger) -> Decimal:
    """More on a line than was billed and not adjusted, or by insurers than one of them allows."""
    lines: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for posting in ledger.postings:
        if posting.line:
            lines[posting.claim, posting.line] += posting.amount
    by_line = sum((-left for left in lines.values() if left < 0), ZERO)
    by_claim: dict[str, Decimal] = defaultdict(Decimal)
    for payment in insurers(ledger.payments):
        by_claim[payment.posting.claim] += payment.amount
    allowed: dict[str, Decimal] = {}
    for each in ledger.remitted:
        if each.allowed is not None and not each.is_reversed:
            allowed[each.claim] = max(allowed.get(each.claim, ZERO), each.allowed)
    beyond = sum((max(by_claim[claim] - most, ZERO) for claim, most in allowed.items()), ZERO)
    return max(by_line, beyond)


def unapplied(ledger: Ledger) -> Decimal:
    """Money that stands and was given to no charge."""
    return paid(each for each in ledger.payments if not each.posting.is_applied)


def patient_first(ledger: Ledger) -> Decimal:
    """What the patient paid before the first insurer did."""
    first = min((each.posting.posted_on for each in insurers(ledger.payments)), default=date.min)
    return paid(each for each in patients(ledger.payments) if each.posting.posted_on < first)


def charge_reversed(ledger: Ledger) -> Decimal:
    """Charges that were taken back."""
    charges = {each.number for each in ledger.of(EntryKind.CHARGE)}
    return -sum(
        (each.amount for each in ledger.of(EntryKind.REVERSAL) if each.reverses in charges), ZERO
    )


def late_contractual(ledger: Ledger) -> Decimal:
    """Contractual adjustments posted after every payment."""
    last = max((each.posting.posted_on for each in ledger.payments), default=date.max)
    late = [each for each in ledger.of(EntryKind.CONTRACTUAL) if each.posted_on > last]
    return -sum((each.amount for each in late), ZERO)


Sign = Callable[[Ledger], Decimal]
SIGNS: dict[Reason, Sign] = {
    Reason.DUPLICATE: twice,
    Reason.TWO_PRIMARIES: second_primary,
    Reason.NOT_TAKEN_BACK: not_taken_back,
    Reason.OVER_ALLOWED: over_allowed,
    Reason.UNAPPLIED: unapplied,
}
"""What is wrong also on an account that still owes something."""
EXPLANATIONS: dict[Reason, Sign] = {
    Reason.PATIENT_FIRST: patient_first,
    Reason.CHARGE_REVERSED: charge_reversed,
    Reason.LATE_CONTRACTUAL: late_contractual,
}
"""What explains a credit."""


def shares(ledger: Ledger) -> tuple[Share, ...]:
    """Whose a credit is, in inverse order of benefits, the patient last.

    What payers paid beyond what is owed, or twice, is theirs: what one paid twice is its own; of
    the rest the last in the order of benefits gets back first, of equals the one that paid last.
    Only what is left is the patient's, and never more than the patient paid.
    """
    payments = ledger.payments
    wrong = max(paid(insurers(payments)) - max(ledger.owed, ZERO), *owned(ledger))
    theirs = min(ledger.credit, wrong)
    found = among(in_inverse_order(insurers(payments)), theirs, doubles(ledger))
    left = ledger.credit - sum(found.values(), ZERO)
    patient = min(left, paid(patients(payments)))
    parts = (*found.items(), (None, patient))
    return tuple(Share(payer_id, part) for payer_id, part in parts if part > 0)


def among(
    paid_in_order: Sequence[tuple[int | None, Decimal]],
    theirs: Decimal,
    own: Mapping[int | None, Decimal],
) -> dict[int | None, Decimal]:
    """An amount among payers in an order: first what is each one's own, then what each paid."""
    found = dict.fromkeys([payer_id for payer_id, _most in paid_in_order], ZERO)
    firsts = [(payer_id, own.get(payer_id, ZERO)) for payer_id in found]
    for payer_id, most in (*firsts, *paid_in_order):
        part = min(theirs, most - found[payer_id])
        theirs -= part
        found[payer_id] += part
    return found


def owned(ledger: Ledger) -> tuple[Decimal, ...]:
    """What belongs to payers whatever the patient paid: doubles, second firsts, reversals."""
    return ZERO, twice(ledger), second_primary(ledger), not_taken_back(ledger)


def in_inverse_order(payments: list[Payment]) -> list[tuple[int | None, Decimal]]:
    """Payers with all that they paid, the last in the order of benefits first."""
    most: dict[int | None, Decimal] = defaultdict(Decimal)
    order: dict[int | None, tuple[int, date]] = {}
    for payment in payments:
        posting = payment.posting
        most[posting.payer_id] += payment.amount
        place = posting.rank or LAST, posting.posted_on
        order[posting.payer_id] = max(order.get(posting.payer_id, place), place)
    return sorted(most.items(), key=lambda each: order[each[0]], reverse=True)
