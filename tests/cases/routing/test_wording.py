import pytest

from cases.routing.fields import TERMS
from cases.routing.models import RoutingRule
from cases.routing.wording import sentence


def leaf(field, operator, value):
    return {"field": field, "is": operator, "value": value}


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"all": []}, "always"),
        (leaf("category", "is", "AUTH"), "category is AUTH"),
        (leaf("category", "in", ["B", "A"]), "category is one of A, B"),
        (leaf("amount", "between", ["1", "2.50"]), "amount at risk is from 1 to below 2.50"),
        (leaf("payer_is_known", "is", False), "not: payer is known"),
        (leaf("payer_is_known", "is", True), "payer is known"),
        ({"not": leaf("category", "is", "AUTH")}, "not (category is AUTH)"),
        (
            {"all": [leaf("cycle", "is", 1), {"any": [leaf("payer", "is", "a")] * 2}]},
            "cycle is 1 and (payer is a or payer is a)",
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(tree, words):
    assert sentence(tree, TERMS) == words


def test_every_rule_of_the_house_can_be_said(db):
    for rule in RoutingRule.objects.order_by("pk"):
        assert sentence(rule.condition, TERMS)
