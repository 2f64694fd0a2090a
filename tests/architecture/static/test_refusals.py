"""Services join their caller's transaction: who goes on after a refusal keeps a savepoint for it.

Doors are in no transaction of their own when they catch a refusal.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.architecture.tree import Source, dotted, functions, sources

INSIDE = re.compile(
    r"^(cases/(?!web|api|admin|management|intake)"
    r"|integrations/(outbox|inbox|canonical|feed|health)/|billing_portal/(accounts|access|audit)/)"
)
DJANGOS = {"DatabaseError", "DataError", "Exception", "IntegrityError"}
WITHOUT = {
    "cases/actions/books/approvals.py:_is_amount": "writes nothing",
    "cases/actions/books/chains.py:_chosen": "writes nothing",
    "cases/actions/books/routing.py:_problems": "writes nothing",
    "cases/actions/books/sampling.py:try_out": "writes nothing",
    "cases/actions/foreseeing.py:foreseen": "writes nothing",
    "cases/actions/reconciling.py:_compare": "in no transaction: it asks the ledger",
    "cases/jobs/stepping.py:work_next": "in no transaction: a step is one",
    "integrations/inbox/applying.py:apply_next": "in no transaction: a part is one",
    "integrations/outbox/delivering.py:answered": "in no transaction: it asks a target",
    "integrations/outbox/delivering.py:deliver_next": "in no transaction: settling is one",
    "integrations/outbox/delivering.py:ready": "writes nothing",
}


@cache
def refusals() -> frozenset[str]:
    """The names of DomainError and all that derive from it, and of what the database refuses."""
    bases = {
        node.name: {dotted(base).split(".")[-1] for base in node.bases}
        for each in sources()
        for node in ast.walk(each.tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"DomainError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return frozenset(found | DJANGOS)


def unkept(source: Source) -> Iterator[str]:
    """The functions that go on after a refusal without a savepoint around what was refused."""
    for function in functions(source.tree):
        for node in ast.walk(function):
            if (isinstance(node, ast.Try) and goes_on(node) and not any(map(keeps, node.body))) or (
                isinstance(node, ast.With) and suppresses(node) and not keeps(node)
            ):
                yield f"{source.path}:{function.name}"


def goes_on(node: ast.Try) -> bool:
    caught = [each for each in node.handlers if not isinstance(each.body[-1], ast.Raise)]
    return any(names(each.type) & refusals() for each in caught if each.type)


def suppresses(node: ast.With) -> bool:
    calls = [each.context_expr for each in node.items if isinstance(each.context_expr, ast.Call)]
    return any(
        names(word) & refusals()
        for call in calls
        if dotted(call.func).endswith("suppress")
        for word in call.args
    )


def keeps(node: ast.stmt) -> bool:
    return isinstance(node, ast.With) and any(
        isinstance(each.context_expr, ast.Call)
        and dotted(each.context_expr.func) == "transaction.atomic"
        for each in node.items
    )


def names(node: ast.AST) -> set[str]:
    each = node.elts if isinstance(node, ast.Tuple) else [node]
    return {dotted(name).split(".")[-1] for name in each}


def test_who_goes_on_after_a_refusal_keeps_a_savepoint():
    found = {name for each in sources() if INSIDE.search(each.path) for name in unkept(each)}

    assert found == set(WITHOUT)


def test_one_that_keeps_none_would_be_found():
    planted = """
def lost():
    try:
        move(case=case)
    except CaseNotFound:
        return None
def lost_too():
    with suppress(CaseNotFound):
        move(case=case)
def kept():
    try:
        with transaction.atomic():
            move(case=case)
    except (CaseNotFound, IntegrityError):
        return None
def kept_too():
    with suppress(CaseNotFound), transaction.atomic():
        move(case=case)
def told():
    try:
        move(case=case)
    except IntegrityError as error:
        raise Told from error
"""

    assert list(unkept(Source("cases/actions/x.py", planted))) == [
        "cases/actions/x.py:lost",
        "cases/actions/x.py:lost_too",
    ]
