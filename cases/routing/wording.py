"""Conditions in words: “category is AUTH and amount at risk is at least 100.00”. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.routing.conditions import (
    Comparison,
    Every,
    Kind,
    Node,
    Operator,
    Opposite,
    Some,
    Term,
    parsed,
)

OPERATOR_WORDS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.STARTS_WITH: "starts with",
    Operator.AT_LEAST: "is at least",
    Operator.LESS_THAN: "is less than",
    Operator.BETWEEN: "is from",
}
ALWAYS = "always"


def sentence(tree: Any, terms: Mapping[str, Term]) -> str:
    """A condition as one sentence. Raises ConditionRefused."""
    return _said(parsed(tree, terms), is_inner=False)


def _said(node: Node, *, is_inner: bool) -> str:
    match node:
        case Every(()):
            return ALWAYS
        case Every(parts) | Some(parts):
            word = " and " if isinstance(node, Every) else " or "
            words = word.join(_said(part, is_inner=len(parts) > 1) for part in parts)
            return f"({words})" if is_inner and len(parts) > 1 else words
        case Opposite(part):
            return f"not ({_said(part, is_inner=False)})"
    return _comparison(node)


def _comparison(node: Comparison) -> str:
    label, wanted = node.term.label, node.wanted
    if node.term.kind is Kind.YES_NO:
        is_so = wanted is (node.operator is Operator.IS)
        return label if is_so else f"not: {label}"
    if node.operator is Operator.BETWEEN:
        return f"{label} is from {wanted[0]} to below {wanted[1]}"
    several = ", ".join(sorted(wanted)) if isinstance(wanted, frozenset) else str(wanted)
    return f"{label} {OPERATOR_WORDS[node.operator]} {several}"
