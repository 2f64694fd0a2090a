"""The shape of a content: named lists of rows, each with exactly the names of its kind. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cases.editions.entries import Problem

Shape = Mapping[str, tuple[type, ...]]
WORDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "yes or no",
    dict: "a tree",
    list: "a list",
    type(None): "empty",
}


def misshapen(content: Any, shapes: Mapping[str, Shape]) -> list[Problem]:
    """Why a content is not made of these lists of rows; nothing: each value is of its kind."""
    if not isinstance(content, Mapping) or set(content) != set(shapes):
        return [Problem("content", f"must hold exactly: {', '.join(shapes)}")]
    return [
        problem
        for name, shape in shapes.items()
        for problem in _misshapen_rows(name, content[name], shape)
    ]


def _misshapen_rows(name: str, rows: Any, shape: Shape) -> list[Problem]:
    if not isinstance(rows, list):
        return [Problem(name, "must be a list")]
    return [
        problem
        for index, row in enumerate(rows)
        for problem in _misshapen_row(f"{name}[{index}]", row, shape)
    ]


def _misshapen_row(where: str, row: Any, shape: Shape) -> list[Problem]:
    if not isinstance(row, Mapping) or set(row) != set(shape):
        return [Problem(where, f"must have exactly: {', '.join(shape)}")]
    return [
        Problem(f"{where}.{name}", f"must be {' or '.join(WORDS[each] for each in kinds)}")
        for name, kinds in shape.items()
        if not is_of(row[name], kinds)
    ]


def is_of(value: Any, kinds: tuple[type, ...]) -> bool:
    """Whether a JSON value is of one of these kinds; true is no number. Text can be stored."""
    if type(value) not in kinds:
        return False
    return not isinstance(value, str) or ("\0" not in value and _is_encodable(value))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def repeated(name: str, keys: Sequence[str]) -> list[Problem]:
    """The rows whose key an earlier row has."""
    seen: Counter[str] = Counter()
    problems = []
    for index, key in enumerate(keys):
        if seen[key]:
            problems.append(Problem(f"{name}[{index}]", f"“{key}” is there twice"))
        seen[key] += 1
    return problems
