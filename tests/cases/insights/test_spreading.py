"""An even spread: fair, within reach, and with no case moved twice."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cases.insights.spreading import Bar, Item, Reach, spread

HERE = Reach(frozenset({1}))


def items(start: int, *weights: int, site: int = 1) -> list[Item]:
    return [Item(start + n, site, Decimal(weight)) for n, weight in enumerate(weights)]


def loads(held, moves):
    load = {person: sum((i.weight for i in its), Decimal(0)) for person, its in held.items()}
    owner = {item.case_id: person for person, its in held.items() for item in its}
    for move in moves:
        if move.item.case_id in owner:
            load[owner[move.item.case_id]] -= move.item.weight
        load[move.to] += move.item.weight
    return load


WEIGHTS = st.lists(st.integers(1, 4), max_size=12)


@given(WEIGHTS, WEIGHTS, WEIGHTS, WEIGHTS)
def test_afterwards_nobody_carries_more_than_one_case_above_another(a, b, c, free):
    held = {1: items(100, *a), 2: items(200, *b), 3: items(300, *c)}
    moves = spread(held, items(400, *free), dict.fromkeys(held, HERE)).moves
    after = loads(held, moves)

    ids = [move.item.case_id for move in moves]
    assert len(ids) == len(set(ids))
    assert set(range(400, 400 + len(free))) <= set(ids)
    assert sum(after.values()) == sum(map(Decimal, [*a, *b, *c, *free]))
    before = loads(held, [])
    assert max(after.values()) - min(after.values()) <= max(
        4, max(before.values()) - min(before.values())
    )


def test_equal_cases_are_shared_equally_with_the_fewest_moves():
    held = {1: items(100, *[1] * 10), 2: [], 3: items(300, 1, 1)}

    moves = spread(held, [], dict.fromkeys(held, HERE)).moves

    assert sorted(loads(held, moves).values()) == [4, 4, 4]
    assert len(moves) == 6


def test_nobody_gets_a_case_of_a_site_that_is_not_theirs():
    held = {1: items(100, 1, 1, 1, 1, site=2), 2: []}

    found = spread(held, items(400, 1, site=2), {1: HERE, 2: HERE})

    assert found.moves == []
    assert found.barred == {1: {Bar.SITE: 1}, 2: {Bar.SITE: 5}}


def test_what_stands_first_goes_first():
    held = {1: items(100, 1, 1), 2: []}

    (move,) = spread(held, [], dict.fromkeys(held, HERE)).moves

    assert (move.item.case_id, move.to) == (100, 2)


def test_what_is_even_stays():
    held = {1: items(100, 2), 2: items(200, 1, 1)}

    assert spread(held, [], dict.fromkeys(held, HERE)).moves == []


def test_nobody_gets_what_they_are_not_skilled_for():
    held = {1: [Item(n, 1, Decimal(1), "AUTH", 7) for n in range(4)], 2: [], 3: []}
    here = frozenset({1})
    reach = {
        1: HERE,
        2: Reach(here, categories=frozenset({"CODING"})),
        3: Reach(here, categories=frozenset({"AUTH"}), payers=frozenset({7})),
    }

    found = spread(held, [], reach)

    assert [move.to for move in found.moves] == [3, 3]
    assert found.barred == {2: {Bar.SKILL: 4}}


def test_a_case_without_a_payer_is_for_whoever_knows_some():
    one = Item(1, 1, Decimal(1), "AUTH", None)

    assert Reach(frozenset({1}), payers=frozenset({7})).bar(one) is None


def test_nobody_gets_more_than_they_can_hold_and_giving_makes_room():
    held = {1: items(100, *[1] * 6), 2: []}
    reach = {1: Reach(frozenset({1}), room=0), 2: Reach(frozenset({1}), room=2)}

    found = spread(held, items(400, 1), reach)

    assert [move.to for move in found.moves] == [2, 2]
    assert found.barred[2] == {Bar.FULL: 5}
