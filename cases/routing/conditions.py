"""Conditions as trees: checked with errors that say where, then read in Python or in SQL. Pure.

A tree is {"all": [...]}, {"any": [...]}, {"not": {...}} or {"field": …, "is": …, "value": …}. A
fact that is absent equals nothing and is neither below nor above anything, so a comparison is true
or false, never unknown. `parsed` gives the checked nodes; `compiled` reads them in Python,
`cases.routing.predicates` in SQL.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from billing_portal.kernel.pure.errors import DomainError

MAX_DEPTH = 8


class Kind(StrEnum):
    """What a fact is: decides which operators it takes and how a value is read."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    TEXTS = "texts"


class Operator(StrEnum):
    """How a fact is compared; on several texts, whether any of them fits."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    STARTS_WITH = "starts_with"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    BETWEEN = "between"


EQUALITY = frozenset({Operator.IS, Operator.IS_NOT})
MEMBERSHIP = EQUALITY | {Operator.IN, Operator.NOT_IN}
ORDER = EQUALITY | {Operator.AT_LEAST, Operator.LESS_THAN, Operator.BETWEEN}
OPERATORS: dict[Kind, frozenset[Operator]] = {
    Kind.TEXT: MEMBERSHIP | {Operator.STARTS_WITH},
    Kind.CHOICE: MEMBERSHIP,
    Kind.NUMBER: ORDER,
    Kind.DATE: ORDER,
    Kind.YES_NO: EQUALITY,
    Kind.TEXTS: MEMBERSHIP | {Operator.STARTS_WITH},
}
SEVERAL = frozenset({Operator.IN, Operator.NOT_IN})
NEGATED = {Operator.IS_NOT: Operator.IS, Operator.NOT_IN: Operator.IN}
LARGEST = Decimal(10) ** 15

Facts = Mapping[str, Any]
Predicate = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """What conditions may say of one fact; a choice lists what it may be."""

    key: str
    label: str
    kind: Kind
    choices: tuple[str, ...] = ()


class ConditionRefused(DomainError):
    """A condition is not a tree over the known fields; the message says where and why."""

    code = "condition_refused"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact compared with a value, read as its kind."""

    term: Term
    operator: Operator
    wanted: Any


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts hold; nothing to ask holds always."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """The part does not hold."""

    part: "Node"


Node = Comparison | Every | Some | Opposite


def compiled(tree: Any, terms: Mapping[str, Term]) -> Predicate:
    """The predicate that a tree stands for. Raises ConditionRefused."""
    return test_of(parsed(tree, terms))


def test_of(node: Node) -> Predicate:
    """A checked node as a test of facts."""
    match node:
        case Every(parts):
            every = [test_of(part) for part in parts]
            return lambda facts: all(part(facts) for part in every)
        case Some(parts):
            some = [test_of(part) for part in parts]
            return lambda facts: any(part(facts) for part in some)
        case Opposite(part):
            inner = test_of(part)
            return lambda facts: not inner(facts)
    return _test_of_comparison(node)


def fields_of(tree: Any) -> frozenset[str]:
    """The fields that a checked tree asks for."""
    if "field" in tree:
        return frozenset({tree["field"]})
    if "not" in tree:
        return fields_of(tree["not"])
    return frozenset().union(*(fields_of(each) for each in next(iter(tree.values()))))


def parsed(
    tree: Any, terms: Mapping[str, Term], *, path: str = "condition", depth: int = 0
) -> Node:
    """The checked nodes of a tree. Raises ConditionRefused."""
    if depth > MAX_DEPTH:
        raise _refused(path, f"is nested more than {MAX_DEPTH} deep")
    match tree:
        case {"all": list() as parts, **rest} if not rest:
            return Every(_parts(parts, terms, path=f"{path}.all", depth=depth))
        case {"any": list() as parts, **rest} if parts and not rest:
            return Some(_parts(parts, terms, path=f"{path}.any", depth=depth))
        case {"not": part, **rest} if not rest:
            return Opposite(parsed(part, terms, path=f"{path}.not", depth=depth + 1))
        case {"field": str() as key, "is": str() as name, "value": value, **rest} if not rest:
            return _comparison(key, name, value, terms, path)
    raise _refused(
        path, 'must be {"all": […]}, {"any": […]}, {"not": …} or {"field": …, "is": …, "value": …}'
    )


def _parts(
    parts: Sequence[Any], terms: Mapping[str, Term], *, path: str, depth: int
) -> tuple[Node, ...]:
    return tuple(
        parsed(part, terms, path=f"{path}[{index}]", depth=depth + 1)
        for index, part in enumerate(parts)
    )


def _comparison(
    key: str, name: str, value: Any, terms: Mapping[str, Term], path: str
) -> Comparison:
    term = terms.get(key)
    if term is None:
        raise _refused(path, f"asks for “{key}”, which is not a field")
    allowed = OPERATORS[term.kind]
    if name not in allowed:
        known = ", ".join(sorted(allowed))
        raise _refused(path, f"compares {term.label} with “{name}”; it takes {known}")
    operator = Operator(name)
    return Comparison(term, operator, _operand(term, operator, value, path))


def _test_of_comparison(node: Comparison) -> Predicate:
    key, operator, wanted = node.term.key, node.operator, node.wanted
    if node.term.kind is Kind.TEXTS:
        return _any_of(key, operator, wanted)
    test = TESTS[operator]
    return lambda facts: test(facts.get(key), wanted)


def _any_of(key: str, operator: Operator, wanted: Any) -> Predicate:
    positive = NEGATED.get(operator, operator)
    test, is_negated = TESTS[positive], positive is not operator
    return lambda facts: any(test(fact, wanted) for fact in facts.get(key) or ()) is not is_negated


def _operand(term: Term, operator: Operator, value: Any, path: str) -> Any:
    if operator in SEVERAL:
        if not isinstance(value, list) or not value:
            raise _refused(path, f"needs a list of values for {term.label}")
        return frozenset(_value(term, each, path) for each in value)
    if operator is Operator.BETWEEN:
        if not isinstance(value, list) or len(value) != 2:
            raise _refused(path, f"needs two values for {term.label}: from and below")
        low, high = (_value(term, each, path) for each in value)
        if low >= high:
            raise _refused(path, f"needs the lower value of {term.label} first")
        return low, high
    return _value(term, value, path)


def _value(term: Term, value: Any, path: str) -> Any:
    read = READERS[term.kind]
    try:
        known = read(value)
    except (TypeError, ValueError, InvalidOperation):
        raise _refused(
            path, f"has a value that is no {term.kind.replace('_', '/')} for {term.label}"
        ) from None
    if term.choices and known not in term.choices:
        raise _refused(path, f"has a value that {term.label} cannot be")
    return known


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise TypeError
    value.encode()  # half a surrogate pair is a ValueError, here rather than in the database
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool | float):
        raise TypeError
    number = Decimal(value)
    if not number.is_finite() or abs(number) > LARGEST or number.adjusted() < -LARGEST.adjusted():
        raise ValueError
    return number


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.TEXTS: _text,
    Kind.NUMBER: _number,
    Kind.DATE: date.fromisoformat,
    Kind.YES_NO: _yes_no,
}
TESTS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.IS: lambda fact, wanted: fact == wanted,
    Operator.IS_NOT: lambda fact, wanted: fact != wanted,
    Operator.IN: lambda fact, wanted: fact in wanted,
    Operator.NOT_IN: lambda fact, wanted: fact not in wanted,
    Operator.STARTS_WITH: lambda fact, wanted: fact is not None and fact.startswith(wanted),
    Operator.AT_LEAST: lambda fact, wanted: fact is not None and fact >= wanted,
    Operator.LESS_THAN: lambda fact, wanted: fact is not None and fact < wanted,
    Operator.BETWEEN: lambda fact, wanted: fact is not None and wanted[0] <= fact < wanted[1],
}


def _refused(path: str, why: str) -> ConditionRefused:
    return ConditionRefused(f"{path} {why}.")
