"""What must hold before anything leaves. Pure.

Source of the rules: the house's voucher checks (debits and credits, source totals, receivables,
accounts, no second voucher), and its own: the approval is still the one that was given, and nobody
who prepared it approved it. That the ERP took what was sent is the outbox's to check.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices

from billing_portal.kernel.pure.money import ZERO
from billing_portal.kernel.pure.wording import money


class CheckKey(TextChoices):
    """The checks, in the order they are made."""

    BALANCE = "balance", "Debits equal credits"
    SOURCE = "source", "Ties to the amount decided"
    RECEIVABLE = "receivable", "Receivable ties out"
    ACCOUNTS = "accounts", "Accounts are valid"
    ONCE = "once", "No second voucher for it"
    APPROVAL = "approval", "Approval is as it was given"
    PEOPLE = "people", "Nobody approved what they prepared"


@dataclass(frozen=True, slots=True)
class Sided:
    """One line of a voucher before it is written."""

    account_id: int
    code: str
    name: str
    is_receivable: bool
    is_active: bool
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class Voucher:
    """A journal before it is written; `tied` is what of it was decided.

    `unmapped` are the roles for which the site has no account on the posting date.
    """

    event: str
    lines: Sequence[Sided]
    unmapped: Sequence[str]
    tied: Decimal
    posting_on: date

    @property
    def debit(self) -> Decimal:
        """What is debited."""
        return sum((line.debit for line in self.lines), start=ZERO)

    @property
    def credit(self) -> Decimal:
        """What is credited."""
        return sum((line.credit for line in self.lines), start=ZERO)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the checks look at; amounts in `currency`.

    `commanded` are the amounts of commands that are no vouchers. `receivable` is what the
    sub-ledger shows open, `credited` what vouchers took off receivables before, in its cycle.
    `standing` are the events of the case that hold. `given` is the approval's digest, `found` that
    of what stands now. `unkept` are the sites whose books no system keeps.
    """

    vouchers: Sequence[Voucher]
    commanded: Mapping[str, Decimal]
    amount: Decimal
    currency: str
    receivable: Decimal
    credited: Decimal
    standing: Collection[str]
    given: str
    found: str
    unkept: Collection[str] = ()
    preparers: Collection[int] = ()
    approvers: Collection[int] = ()

    def words(self, amount: Decimal) -> str:
        """An amount as people read it."""
        return money(amount, self.currency)


@dataclass(frozen=True, slots=True)
class Check:
    """One check and how it went; `words` say what is wrong, empty: it holds."""

    key: CheckKey
    words: str

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.words


def balance(facts: Facts) -> str:
    """Debits equal credits, voucher by voucher."""
    wrong = [each for each in facts.vouchers if each.debit != each.credit]
    return _all(
        f"“{each.event}” debits {facts.words(each.debit)} and credits {facts.words(each.credit)}."
        for each in wrong
    )


def source(facts: Facts) -> str:
    """Every voucher and every command comes to the amount decided, to the cent."""
    amounts = {each.event: each.tied for each in facts.vouchers} | dict(facts.commanded)
    return _all(
        f"“{event}” comes to {facts.words(amount)}; decided were {facts.words(facts.amount)}."
        for event, amount in amounts.items()
        if amount != facts.amount
    )


def receivable(facts: Facts) -> str:
    """The vouchers of a case never take more off receivables than the sub-ledger shows open."""
    taken = sum(
        (
            line.credit - line.debit
            for each in facts.vouchers
            for line in each.lines
            if line.is_receivable
        ),
        start=ZERO,
    )
    over = facts.credited + taken - facts.receivable
    if taken <= 0 or over <= 0:
        return ""
    return (
        f"The receivable shows {facts.words(facts.receivable)} open; with"
        f" {facts.words(facts.credited)} taken off before, this takes {facts.words(over)} too much."
    )


def accounts(facts: Facts) -> str:
    """A system keeps the site's books; each role has an account there, and it is active."""
    unkept = [f"No system keeps the books of {site}." for site in facts.unkept]
    missing = [
        f"No account is mapped for “{role}” on {each.posting_on}."
        for each in facts.vouchers
        for role in each.unmapped
    ]
    ended = [
        f"Account {line.code} takes no postings."
        for each in facts.vouchers
        for line in each.lines
        if not line.is_active
    ]
    return _all([*unkept, *missing, *ended])


def once(facts: Facts) -> str:
    """What holds already is not done again before it is reversed, nor twice at once."""
    events = [*(each.event for each in facts.vouchers), *facts.commanded]
    again = sorted({each for each in events if each in facts.standing or events.count(each) > 1})
    return _all(f"“{event}” was carried out for this case before." for event in again)


def approval(facts: Facts) -> str:
    """What stands now is what was approved."""
    if facts.given and facts.given == facts.found:
        return ""
    return "What was approved has changed since: it must be asked for and approved again."


def people(facts: Facts) -> str:
    """Preparers and approvers are different people, and there are approvers."""
    if not facts.approvers:
        return "Nobody has approved it."
    both = set(facts.preparers) & set(facts.approvers)
    return "Somebody approved what they had prepared." if both else ""


CHECKS: dict[CheckKey, Callable[[Facts], str]] = {
    CheckKey.BALANCE: balance,
    CheckKey.SOURCE: source,
    CheckKey.RECEIVABLE: receivable,
    CheckKey.ACCOUNTS: accounts,
    CheckKey.ONCE: once,
    CheckKey.APPROVAL: approval,
    CheckKey.PEOPLE: people,
}


def before_leaving(facts: Facts) -> list[Check]:
    """Every check, whether the one before it held or not: who mends wants to see all."""
    return [Check(key, judge(facts)) for key, judge in CHECKS.items()]


def _all(words: Iterable[str]) -> str:
    return " ".join(words)
