"""Habits that a linter does not know."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import Source, functions, sources

MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|pragma: no cover")
BARE_SILENCE = re.compile(r"#\s*(noqa(?!: )|type: ignore(?!\[))")
SIGNALS = re.compile(r"django\.(db\.models|core|dispatch|contrib\.auth)\b.*\bsignals?\b|@receiver")


def undescribed(source: Source) -> Iterator[str]:
    """Modules that do not say what they are for."""
    if source.text.strip() and ast.get_docstring(source.tree) is None:
        yield source.path


def saves(source: Source) -> Iterator[str]:
    """Overrides of `save` on models, and orderings hidden in `Meta`."""
    if "models" not in source.path:
        return
    for function in functions(source.tree):
        if function.name == "save" and source.path != "billing_portal/kernel/models/history.py":
            yield f"{source.path}:{function.lineno}: save"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            yield from (
                f"{source.path}:{line.lineno}: Meta.ordering"
                for line in node.body
                if isinstance(line, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == "ordering" for t in line.targets)
            )


def lines(source: Source, pattern: re.Pattern[str]) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if pattern.search(line):
            yield f"{source.path}:{number}: {line.strip()}"


def test_every_module_says_what_it_is_for():
    assert [found for each in sources() for found in undescribed(each)] == []


def test_no_model_overrides_save_or_hides_an_order():
    assert [found for each in sources() for found in saves(each)] == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (MARKS, "unfinished"),
        (BARE_SILENCE, "silenced without a code"),
        (SIGNALS, "a signal"),
    ],
)
def test_no_line_is(pattern, why):
    assert [found for each in sources() for found in lines(each, pattern)] == [], why


def test_each_of_these_would_be_found():
    planted = Source(
        "cases/x/models.py",
        "class A:\n    class Meta:\n        ordering = []\n    def save(self): ...\n"
        "x = 1  # noqa\ny = 2  # noqa: E501 -- long\n# TODO later\n"
        "from django.db.models import signals\n",
    )

    assert list(undescribed(planted)) == ["cases/x/models.py"]
    assert len(list(saves(planted))) == 2
    assert [len(list(lines(planted, p))) for p in (MARKS, BARE_SILENCE, SIGNALS)] == [1, 1, 1]
