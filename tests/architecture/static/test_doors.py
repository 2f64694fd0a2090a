"""What is shown to people is asked for through `visible_to`."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Source, dotted, sources

SCOPED = {"Case", "Claim", "Remittance"}
DOORS = re.compile(r"^(cases/(web|api)|integrations/(api|ops))/")


def unscoped(source: Source) -> Iterator[str]:
    """Uses of `Case.objects` (or a claim's, a remittance's) that do not begin with `visible_to`."""
    asked = {
        id(node.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"visible_to", "none"}
    }
    for node in ast.walk(source.tree):
        name = dotted(node) if isinstance(node, ast.Attribute) else ""
        if name.endswith(".objects") and name.split(".")[-2] in SCOPED and id(node) not in asked:
            yield f"{source.path}:{node.lineno}: {name}"


def test_every_door_asks_through_visible_to():
    doors = [each for each in sources() if DOORS.search(each.path)]

    assert doors
    assert [found for each in doors for found in unscoped(each)] == []


def test_one_that_does_not_would_be_found():
    planted = (
        "Case.objects.filter(pk=1)\nCase.objects.visible_to(user).open()\nClaim.objects.all()\n"
    )

    assert len(list(unscoped(Source("cases/web/views/x.py", planted)))) == 2
