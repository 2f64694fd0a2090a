"""Rules that can never decide, because an earlier one takes all that they match. Pure.

Only what the trees show is claimed: an equal condition, one that always holds, and a condition that
asks for at least as much as an earlier one. Rules that no case reached lately are counted, not
proved: see `cases.routing.queries`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shadow:
    """A rule, and the earlier rule that takes all it matches; by their keys."""

    key: str
    by: str


def shadows(rules: Sequence[tuple[str, Any]]) -> list[Shadow]:
    """The rules, given as key and condition in their order, that can never decide."""
    found = []
    for index, (key, condition) in enumerate(rules):
        for earlier, takes in rules[:index]:
            if implies(condition, takes):
                found.append(Shadow(key, earlier))
                break
    return found


def implies(one: Any, other: Any) -> bool:
    """Whether whatever one condition holds for the other surely holds for too."""
    return _same(one, other) or _gives_parts(one, other) or _is_given_by_parts(one, other)


def _gives_parts(one: Any, other: Any) -> bool:
    """Whether one condition implies what the other is made of."""
    match other:
        case {"all": parts}:
            return all(implies(one, part) for part in parts)
        case {"any": parts}:
            return any(implies(one, part) for part in parts)
        case {"field": _}:
            return "field" in one and _narrower(one, other)
    return False


def _is_given_by_parts(one: Any, other: Any) -> bool:
    """Whether what one condition is made of implies the other."""
    match one:
        case {"all": parts}:
            return any(implies(part, other) for part in parts)
        case {"any": parts}:
            return all(implies(part, other) for part in parts)
    return False


def _narrower(one: Any, other: Any) -> bool:
    """Whether a comparison of the same field takes no value that the other leaves out."""
    if one["field"] != other["field"]:
        return False
    mine, theirs = _values(one), _values(other)
    return mine is not None and theirs is not None and mine <= theirs


def _values(comparison: Any) -> set[str] | None:
    """The values that a comparison takes, if it lists them."""
    match comparison:
        case {"is": "is", "value": value}:
            return {json.dumps(value)}
        case {"is": "in", "value": values}:
            return {json.dumps(value) for value in values}
    return None


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
