"""Every way in which a partner's books can differ from ours is found, and nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cases.effects.comparing import DifferenceKind, Ours, Presence, compare
from integrations.ports.commands import CommandKind, EntryFact, EntryLine, ReceiptState

HUNDRED = Decimal("100.00")
KEY = "a" * 32
OURS = Ours(
    key=KEY,
    presence=Presence.MUST,
    total=HUNDRED,
    currency="USD",
    posting_on=date(2026, 3, 2),
    net={"4110": HUNDRED, "1100": -HUNDRED},
)
ENTRY = EntryFact(
    kind=CommandKind.POST_JOURNAL,
    key=KEY,
    reference="GL-1",
    state=ReceiptState.CONFIRMED,
    entered_at=datetime(2026, 3, 2, tzinfo=UTC),
    posted_on=date(2026, 3, 2),
    currency="USD",
    total=HUNDRED,
    lines=(EntryLine("4110", HUNDRED, Decimal(0)), EntryLine("1100", Decimal(0), HUNDRED)),
)


def found(ours, *theirs):
    return [each.kind for each in compare(ours, theirs)]


def test_what_is_the_same_on_both_sides_is_no_difference():
    split = (EntryLine("4110", Decimal(40), Decimal(0)), EntryLine("4110", Decimal(60), Decimal(0)))

    assert found([OURS], ENTRY) == []
    assert found([OURS], replace(ENTRY, lines=(*split, ENTRY.lines[1]))) == []
    assert found([], replace(ENTRY, key="")) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"total": Decimal("99.99")}, DifferenceKind.AMOUNT),
        ({"total": Decimal("100.01")}, DifferenceKind.AMOUNT),
        ({"currency": "EUR"}, DifferenceKind.AMOUNT),
        ({"posted_on": date(2026, 3, 3)}, DifferenceKind.DAY),
        ({"posted_on": None}, DifferenceKind.DAY),
        ({"lines": (EntryLine("4100", HUNDRED, Decimal(0)), ENTRY.lines[1])}, DifferenceKind.LINES),
        ({"state": ReceiptState.DRAFT}, DifferenceKind.MISSING),
        ({"key": "b" * 32}, DifferenceKind.MISSING),
    ],
)
def test_a_difference_of_one_thing_is_found(change, kind):
    assert found([OURS], replace(ENTRY, **change))[0] is kind


def test_a_double_is_found_with_what_it_comes_to():
    [difference] = compare([OURS], [ENTRY, replace(ENTRY, reference="GL-2")])

    assert difference.kind is DifferenceKind.DOUBLED
    assert (difference.ours, difference.theirs) == (HUNDRED, Decimal("200.00"))
    assert difference.reference == "GL-1, GL-2"
    assert difference.words == ("There more than once: $100.00 with us, $200.00 with the partner.")


def test_what_is_under_way_may_be_there_or_not():
    under_way = replace(OURS, presence=Presence.MAY)

    assert found([under_way]) == []
    assert found([under_way], ENTRY) == []
    assert found([under_way], ENTRY, ENTRY) == [DifferenceKind.DOUBLED]


def test_what_was_withdrawn_must_not_be_there():
    withdrawn = replace(OURS, presence=Presence.MUST_NOT)

    assert found([withdrawn]) == []
    assert found([withdrawn], ENTRY) == [DifferenceKind.UNWANTED]


def test_what_stands_under_a_key_that_was_never_sent_is_found():
    assert found([], ENTRY) == [DifferenceKind.UNKNOWN]


def test_a_payment_has_no_day_and_no_accounts_of_its_own():
    payment = replace(OURS, posting_on=None, net={})

    assert found([payment], replace(ENTRY, posted_on=None, lines=())) == []
