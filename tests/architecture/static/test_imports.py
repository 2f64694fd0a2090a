"""Imports stand at the top; a cycle means that a thing lives in the wrong place."""

import ast
from collections.abc import Iterator

from tests.architecture.tree import Source, functions, sources


def hidden_imports(source: Source) -> Iterator[str]:
    """Imports inside functions, except in an app's `ready`."""
    for function in functions(source.tree):
        if source.path.endswith("apps.py") and function.name == "ready":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{source.path}:{node.lineno}"


def test_no_import_hides_in_a_function():
    assert [found for each in sources() for found in hidden_imports(each)] == []


def test_one_that_hides_would_be_found():
    planted = "def f():\n    import os\n"

    assert list(hidden_imports(Source("cases/x.py", planted))) == ["cases/x.py:2"]
    assert list(hidden_imports(Source("cases/apps.py", planted))) == ["cases/apps.py:2"]
    ready = planted.replace("def f", "def ready")
    assert list(hidden_imports(Source("cases/apps.py", ready))) == []
