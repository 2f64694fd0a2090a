"""Services that are part of their caller's transaction."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def joining(service: Callable[P, R]) -> Callable[P, R]:
    """A service that joins the transaction it is called in, and is one where there is none.

    It makes no savepoint, so its refusal undoes all of that transaction. Whoever goes on after a
    refusal keeps a savepoint of their own: `with transaction.atomic():` around the call.
    """

    @wraps(service)
    def joined(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=_is_outermost()):
            return service(*args, **kwargs)

    return joined


def _is_outermost() -> bool:
    """Whether a transaction begins here; a test's own does not count, as for Django's `durable`."""
    blocks: list[Any] = connection.atomic_blocks
    return not blocks or blocks[-1]._from_testcase  # noqa: SLF001 -- Django says it nowhere else
