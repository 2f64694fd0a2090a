"""A condition as the sentence that people read and edit: clauses joined by “all” or “any”. Pure.

A single comparison and one level of clauses make a sentence; what is nested deeper, or turned
around with “not”, is edited as it is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.routing.conditions import SEVERAL, Kind, Operator, Term

ALL, ANY = "all", "any"
JOINS = ((ALL, "all of these hold"), (ANY, "any of these holds"))
BETWEEN = " to "
YES, NO = "yes", "no"
WORDS: Mapping[Operator, str] = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.STARTS_WITH: "starts with",
    Operator.AT_LEAST: "is at least",
    Operator.LESS_THAN: "is below",
    Operator.BETWEEN: "is from … to below …",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison as typed: the field's key, the operator, the value in words."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Clauses of which all or any must hold."""

    join: str
    clauses: tuple[Clause, ...]


def sentence_of(tree: Any) -> Sentence | None:
    """The sentence that a tree makes; None when it is nested too deep for one."""
    match tree:
        case {"field": _, "is": _, "value": _}:
            return Sentence(ALL, (_clause(tree),))
        case {"all": list() as parts, **rest} if not rest and _are_flat(parts):
            return Sentence(ALL, tuple(map(_clause, parts)))
        case {"any": list() as parts, **rest} if not rest and _are_flat(parts):
            return Sentence(ANY, tuple(map(_clause, parts)))
    return None


def tree_of(sentence: Sentence, terms: Mapping[str, Term]) -> dict[str, Any]:
    """The tree of a sentence; whether it holds water is for `routing.conditions` to say."""
    parts = [
        {"field": each.field, "is": each.operator, "value": _value(each, terms.get(each.field))}
        for each in sentence.clauses
    ]
    return parts[0] if len(parts) == 1 else {sentence.join: parts}


def _are_flat(parts: Sequence[Any]) -> bool:
    return all(isinstance(part, Mapping) and "field" in part for part in parts)


def _clause(part: Mapping[str, Any]) -> Clause:
    return Clause(part["field"], part["is"], _words(part["is"], part["value"]))


def _words(operator: str, value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return (BETWEEN if operator == Operator.BETWEEN else ", ").join(map(str, value))
    return str(value)


def _value(clause: Clause, term: Term | None) -> Any:
    text = clause.value.strip()
    if clause.operator in SEVERAL:
        return [part for part in (each.strip() for each in text.split(",")) if part]
    if clause.operator == Operator.BETWEEN:
        return [part.strip() for part in text.split(BETWEEN.strip())]
    if term is not None and term.kind is Kind.YES_NO:
        return {YES: True, NO: False}.get(text.lower(), text)
    return text
