"""What policies cover: every way to ask, between any two ends of bands."""

from decimal import Decimal

from cases.approvals.choosing import Rule
from cases.approvals.covering import Stretch, Way, coverages, ways
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import Matter
from tests.factories.approvals import policy_content, step_content


def rule(key, *steps, **content):
    return Rule(1, key, 1, Terms.from_json(policy_content(*steps, **content)))


def stretch(low, high=None):
    return Stretch(Decimal(low), None if high is None else Decimal(high))


def test_a_matter_that_is_covered_from_the_first_cent_on_has_no_hole():
    [found] = coverages([rule("a", to_amount="500.00"), rule("b", from_amount="500.00")])

    assert (found.holes, found.ties, found.idle) == ((), (), ())


def test_ways_to_ask_multiply_with_all_that_is_named():
    found = ways(
        [
            rule("a", facility="north", facts={"federal": "yes"}),
            rule("b", payer_class="medicare", facts={"federal": "no", "late": "yes"}),
            rule("c", currency="CAD"),
        ]
    )

    assert found == {(Matter.WRITE_OFF, "CAD"): 1, (Matter.WRITE_OFF, "USD"): 2 * 2 * 3 * 2}


def test_what_asks_for_no_money_begins_at_nothing():
    [found] = coverages([rule("a", matter="void_case", from_amount="0.01")])

    assert [hole.stretch for hole in found.holes] == [stretch("0.00", "0.01")]


def test_a_hole_reaches_over_every_end_within_it():
    [found] = coverages(
        [
            rule("a", to_amount="10.00"),
            rule("b", from_amount="500.00"),
            rule("c", facts={"federal": "yes"}, from_amount="20.00", to_amount="30.00"),
        ]
    )

    [hole] = found.holes
    assert (hole.way, hole.stretch) == (Way(), stretch("10.00", "500.00"))
    assert (hole.below.key, hole.above.key) == ("a", "b")


def test_matters_and_currencies_are_covered_each_by_themselves():
    found = coverages([rule("a", currency="EUR"), rule("b"), rule("c", matter="payer_refund")])

    assert [(each.matter, each.currency) for each in found] == [
        ("write_off", "EUR"),
        ("write_off", "USD"),
        ("payer_refund", "USD"),
    ]


def test_of_two_that_hold_the_stricter_is_chosen_and_the_other_is_idle_where_it_never_is():
    two = [step_content("team_lead"), step_content("cfo")]
    [found] = coverages([rule("a", to_amount="10.00"), rule("b", *two)])

    [tie] = found.ties
    assert (tie.chosen.key, tie.other.key, tie.is_same_scope) == ("b", "a", True)
    assert tie.stretch == stretch("0.01", "10.00")
    assert [each.key for each in found.idle] == ["a"]
