"""Parts of a denial come to the whole, whoever holds which."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cases.types.denial.fold import fold
from cases.types.denial.portions import Portion, pieces_of, portion_of
from cases.types.denial.rules import judge
from cases.work.lifecycle import Disposition
from tests.factories.adjudications import CODES, adjudication, cut, line

ALL = Portion(lambda _name: True, has_rest=True)


def state_of(*adjudications):
    state = fold(adjudications, lambda parts: judge(parts, CODES))
    assert state is not None
    return state


def names(state):
    return [piece.name for piece in pieces_of(state, ALL, CODES)]


def of(*held, has_rest=False):
    return Portion(lambda name: name in held, has_rest=has_rest)


CUTS = st.lists(
    st.tuples(
        st.sampled_from(["CO-197", "CO-50", "CO-45", "CO-999", "PR-1"]), st.integers(0, 9_999)
    ),
    max_size=3,
)


@given(lines=st.lists(CUTS, min_size=1, max_size=4), whole=CUTS, mask=st.integers(0, 255))
def test_what_two_portions_deny_is_what_the_whole_denies(lines, whole, mask):
    made = adjudication(
        *(line(*(cut(c, Decimal(a) / 100) for c, a in cuts)) for cuts in lines),
        cuts=tuple(cut(c, Decimal(a) / 100) for c, a in whole),
    )
    folded = fold([made], lambda parts: judge(parts, CODES))
    if folded is None:
        return
    mine = {name for index, name in enumerate(names(folded)) if mask >> index & 1}
    rest = set(names(folded)) - mine
    portions = [
        portion_of(folded, of(*mine), CODES),
        portion_of(folded, of(*rest, has_rest=True), CODES),
    ]

    amounts = [each.denial.amount for each in portions if each is not None]
    assert sum(amounts, Decimal(0)) == folded.denial.amount
    pieces = pieces_of(folded, ALL, CODES)
    assert sum((piece.denied for piece in pieces), Decimal(0)) == folded.denial.amount
    paid = [each.decision.paid for each in portions if each is not None]
    assert len(paid) < 2 or sum(paid, Decimal(0)) == folded.decision.paid


def test_equal_lines_are_told_apart_by_their_place():
    state = state_of(adjudication(line(cut("CO-197", 10)), line(cut("CO-197", 20))))
    first, second = names(state)

    assert first != second
    part = portion_of(state, of(second), CODES)
    assert part is not None
    assert part.denial.amount == Decimal(20)


def test_a_part_that_the_newest_decision_pays_has_ended_and_the_other_has_not():
    denied = adjudication(line(cut("CO-197", 10)), line(cut("CO-197", 20)))
    names_of = names(state_of(denied))
    newer = adjudication(line(), line(cut("CO-197", 20)), paid_on=date(2026, 3, 3))
    state = state_of(denied, newer)

    first, second = (portion_of(state, of(name), CODES) for name in names_of)

    assert first is not None
    assert first.disposition is Disposition.PAID_ON_REPROCESS
    assert second is not None
    assert second.disposition is None


def test_what_was_never_denied_is_no_portion():
    state = state_of(adjudication(line(cut("CO-197", 10)), line(cut("CO-45", 20))))

    assert portion_of(state, of(names(state)[1]), CODES) is None
