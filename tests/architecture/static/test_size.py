"""A function fits a screen; a file fits a sitting; a file is named by what it holds."""

from collections.abc import Iterator

import pytest

from tests.architecture.tree import Source, functions, sources, texts

FUNCTION, FILE = 60, 500
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def long_functions(source: Source) -> Iterator[str]:
    for function in functions(source.tree):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > FUNCTION:
            yield f"{source.path}: {function.name} has {lines} lines"


def is_long(source: Source) -> bool:
    return source.text.count("\n") > FILE


def test_functions_fit_a_screen():
    assert [found for each in sources(*ALL) for found in long_functions(each)] == []


def test_files_fit_a_sitting():
    written = [each for each in texts() if "/migrations/" not in each.path]
    ours = [each for each in written if each.path.endswith((".py", ".html", ".js"))]

    assert [each.path for each in ours if is_long(each)] == []


@pytest.mark.parametrize(("suffix", "most"), [(".css", 30 * 1024), (".js", 20 * 1024)])
def test_what_every_page_loads_of_ours_is_small(suffix, most):
    """Bytes, not compressed."""
    ours = [each for each in texts() if each.path.startswith("billing_portal/static/portal/portal")]

    assert sum(len(each.text.encode()) for each in ours if each.path.endswith(suffix)) <= most


def test_no_file_is_named_after_nothing():
    assert [each.path for each in sources(*ALL) if words(each) & EMPTY_WORDS] == []


def words(source: Source) -> set[str]:
    return set(source.path.removesuffix(".py").split("/"))


@pytest.mark.parametrize("lines", [60, 61])
def test_the_limit_is_where_it_is_said_to_be(lines):
    planted = Source("a.py", "def f():\n" + "    x = 1\n" * (lines - 1))

    assert len(list(long_functions(planted))) == (lines > FUNCTION)


ALL = ("billing_portal", "cases", "integrations", "tests")
