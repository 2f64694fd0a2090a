"""Our effects against what the partner holds, to the cent. Pure.

Source of the rule: the house's nightly reconciliation: what was confirmed is there once, with its
amount, its day and its accounts; what was refused or withdrawn is not; and nothing stands under a
key of ours that we never sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices

from billing_portal.kernel.pure.money import ZERO
from billing_portal.kernel.pure.wording import money
from integrations.ports.commands import EntryFact, EntryLine, ReceiptState


class Presence(TextChoices):
    """Whether an effect must be at the partner's."""

    MUST = "must", "Confirmed: it must be there"
    MAY = "may", "Under way: it may be there"
    MUST_NOT = "must_not", "Refused or withdrawn: it must not be there"


class DifferenceKind(TextChoices):
    """What is wrong."""

    MISSING = "missing", "Confirmed, and not there"
    DOUBLED = "doubled", "There more than once"
    UNWANTED = "unwanted", "There, and refused or withdrawn"
    UNKNOWN = "unknown", "There under our key, and never sent"
    AMOUNT = "amount", "There with another amount"
    DAY = "day", "Posted on another day"
    LINES = "lines", "Posted to other accounts"


@dataclass(frozen=True, slots=True)
class Ours:
    """One effect as it was sent; `net` is what each account is debited, negative: credited.

    `posting_on` is None and `net` empty for what is no journal. `key` is 32 hexadecimal digits.
    """

    key: str
    presence: Presence
    total: Decimal
    currency: str
    posting_on: date | None
    net: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree; `ours` and `theirs` in `currency`.

    `reference` is the partner's own, empty when nothing is there.
    """

    kind: DifferenceKind
    key: str
    ours: Decimal
    theirs: Decimal
    currency: str
    reference: str
    words: str


def compare(ours: Iterable[Ours], theirs: Iterable[EntryFact]) -> list[Difference]:
    """What does not agree, in the order of the effects; then what we never sent.

    Entries without a key are somebody else's. Drafts are not there yet.
    """
    held: dict[str, list[EntryFact]] = defaultdict(list)
    for entry in theirs:
        if entry.key and entry.state is not ReceiptState.DRAFT:
            held[entry.key].append(entry)
    found = [each for effect in ours for each in _differences(effect, held.pop(effect.key, []))]
    return [*found, *(_never_sent(entry) for left in held.values() for entry in left)]


def _differences(effect: Ours, entries: Sequence[EntryFact]) -> Iterator[Difference]:
    if not entries:
        if effect.presence is Presence.MUST:
            yield _difference(DifferenceKind.MISSING, effect, ZERO, "")
        return
    first = entries[0]
    total = sum((entry.total for entry in entries), start=ZERO)
    if effect.presence is Presence.MUST_NOT:
        yield _difference(DifferenceKind.UNWANTED, effect, total, first.reference)
    elif len(entries) > 1:
        references = ", ".join(entry.reference for entry in entries)
        yield _difference(DifferenceKind.DOUBLED, effect, total, references)
    elif (first.total, first.currency) != (effect.total, effect.currency):
        yield _difference(DifferenceKind.AMOUNT, effect, first.total, first.reference)
    elif effect.net and net_of(first.lines) != dict(effect.net):
        yield _difference(DifferenceKind.LINES, effect, first.total, first.reference)
    elif effect.posting_on and first.posted_on != effect.posting_on:
        yield _difference(DifferenceKind.DAY, effect, first.total, first.reference)


def net_of(lines: Iterable[EntryLine]) -> dict[str, Decimal]:
    """What each account is debited, negative: credited."""
    net: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        net[line.account] += line.debit - line.credit
    return {account: amount for account, amount in net.items() if amount}


def _difference(kind: DifferenceKind, effect: Ours, theirs: Decimal, reference: str) -> Difference:
    ours = ZERO if effect.presence is Presence.MUST_NOT else effect.total
    words = (
        f"{kind.label}: {money(ours, effect.currency)} with us,"
        f" {money(theirs, effect.currency)} with the partner."
    )
    return Difference(kind, effect.key, ours, theirs, effect.currency, reference, words)


def _never_sent(entry: EntryFact) -> Difference:
    kind = DifferenceKind.UNKNOWN
    words = f"{kind.label}: {money(entry.total, entry.currency)} with the partner."
    return Difference(kind, entry.key, ZERO, entry.total, entry.currency, entry.reference, words)
