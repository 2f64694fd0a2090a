"""Conditions in SQL: the same truth as in Python, for any number of cases at once.

SQL knows a third answer, unknown, where a fact is absent; conditions do not. So what may be absent
is compared with `IS TRUE` or `IS DISTINCT FROM`, and `NOT` always turns a known answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

from cases.routing.conditions import (
    NEGATED,
    Comparison,
    Every,
    Kind,
    Node,
    Operator,
    Opposite,
    Some,
    parsed,
)
from cases.routing.fields import FIELDS, SOURCE, TERMS

TYPES = {
    Kind.TEXT: "text",
    Kind.CHOICE: "text",
    Kind.TEXTS: "text",
    Kind.NUMBER: "numeric",
    Kind.DATE: "date",
    Kind.YES_NO: "boolean",
}


@dataclass(slots=True)
class Sql:
    """A piece of SQL and its parameters, by name; `columns` says where each fact is found."""

    columns: Mapping[str, str]
    parameters: dict[str, Any] = field(default_factory=dict)

    def put(self, value: Any, kind: Kind, *, several: bool = False) -> str:
        """A place for a parameter, of the kind's type."""
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s::{TYPES[kind]}{'[]' if several else ''}"

    def predicate(self, tree: Any) -> str:
        """A condition as a predicate that is true or false. Raises ConditionRefused."""
        return self.of(parsed(tree, TERMS))

    def of(self, node: Node) -> str:
        """A checked node as a predicate."""
        match node:
            case Every(parts):
                return self._joined(parts, " AND ", nothing="true")
            case Some(parts):
                return self._joined(parts, " OR ", nothing="false")
            case Opposite(part):
                return f"NOT {self.of(part)}"
        return self._comparison(node)

    def _joined(self, parts: Sequence[Node], word: str, *, nothing: str) -> str:
        return f"({word.join(self.of(part) for part in parts)})" if parts else nothing

    def _comparison(self, node: Comparison) -> str:
        column = self.columns[node.term.key]
        positive = NEGATED.get(node.operator, node.operator)
        if node.term.kind is Kind.TEXTS:
            said = f"({TEXTS[positive](self, column, node.wanted)}) IS TRUE"
        else:
            said = ONE[positive](self, column, node)
            said = said if FIELDS[node.term.key].is_always else f"({said}) IS TRUE"
        return f"({said})" if positive is node.operator else f"(NOT ({said}))"


def _between(sql: Sql, column: str, node: Comparison) -> str:
    low, high = (sql.put(each, node.term.kind) for each in node.wanted)
    return f"{column} >= {low} AND {column} < {high}"


def _compared(sign: str) -> Callable[[Sql, str, Comparison], str]:
    return lambda sql, column, node: f"{column} {sign} {sql.put(node.wanted, node.term.kind)}"


def _starts(sql: Sql, column: str, wanted: str) -> str:
    return f"starts_with({column}, {sql.put(wanted, Kind.TEXT)})"


def _any_starts(sql: Sql, column: str, wanted: str) -> str:
    fits = _starts(sql, "each.word", wanted)
    return f"EXISTS (SELECT FROM jsonb_array_elements_text({column}) AS each (word) WHERE {fits})"


ONE: dict[Operator, Callable[[Sql, str, Comparison], str]] = {
    Operator.IS: _compared("="),
    Operator.IN: lambda sql, column, node: (
        f"{column} = ANY ({sql.put(sorted(node.wanted), node.term.kind, several=True)})"
    ),
    Operator.STARTS_WITH: lambda sql, column, node: _starts(sql, column, node.wanted),
    Operator.AT_LEAST: _compared(">="),
    Operator.LESS_THAN: _compared("<"),
    Operator.BETWEEN: _between,
}
TEXTS: dict[Operator, Callable[[Sql, str, Any], str]] = {
    Operator.IS: lambda sql, column, wanted: f"{column} ? {sql.put(wanted, Kind.TEXT)}",
    Operator.IN: lambda sql, column, wanted: (
        f"{column} ?| {sql.put(sorted(wanted), Kind.TEXT, several=True)}"
    ),
    Operator.STARTS_WITH: _any_starts,
}


def reading() -> Sql:
    """SQL over the rows that SOURCE joins."""
    return Sql({key: each.sql for key, each in FIELDS.items()})


def matching(tree: Any) -> Q:
    """The cases that a condition holds for, for any query of cases. Raises ConditionRefused."""
    sql = reading()
    where = sql.predicate(tree) % dict.fromkeys(sql.parameters, "%s")
    query = f"SELECT c.id FROM {SOURCE} WHERE {where}"  # noqa: S608 -- our text, their parameters
    found = RawSQL(query, [*sql.parameters.values()])  # noqa: S611 -- as above
    return Q(pk__in=found)
