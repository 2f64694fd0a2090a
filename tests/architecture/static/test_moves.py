"""Whoever moves a case lets its clocks follow: all but one module call `cases.actions.moving`."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Source, dotted, sources

MOVES = {"move", "move_many"}
ABOVE_WORK = re.compile(r"^(billing_portal/|cases/(?!work/))")
THE_ONE = "cases/actions/moving.py"


def bare_moves(source: Source) -> Iterator[str]:
    """Moves of a case that no clock would notice."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cases.work"):
            if MOVES & {name.name for name in node.names}:
                yield f"{source.path}:{node.lineno}"
        elif isinstance(node, ast.Attribute) and node.attr in MOVES:
            called = dotted(node).split(".")
            if called[-2:-1] in (["services"], ["work"]):
                yield f"{source.path}:{node.lineno}"


def test_cases_are_moved_with_their_clocks():
    above = [each for each in sources() if ABOVE_WORK.search(each.path) and each.path != THE_ONE]

    assert above
    assert [found for each in above for found in bare_moves(each)] == []


def test_one_that_forgets_the_clocks_would_be_found():
    planted = (
        "from cases.work.services import Wanted, move_many\n"
        "services.move(case=case)\nwork.move_many(wanted=[])\nmoving.move(case=case)\n"
    )

    assert len(list(bare_moves(Source("cases/actions/x.py", planted)))) == 3
