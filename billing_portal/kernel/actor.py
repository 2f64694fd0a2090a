"""Who acts now, and why: what history rows fall back on when a library saves a row itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from billing_portal.kernel.pure.errors import DomainError


class ActorMissing(DomainError):
    """A tracked row was to change, and nobody said who changes it or why."""

    code = "actor_missing"


@dataclass(frozen=True, slots=True)
class Acting:
    """A user (person, system or service) and the reason."""

    by: Any
    reason: str


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting | None:
    """Who acts now, if anybody said so."""
    return _acting.get()


@contextmanager
def acting(*, by: Any, reason: str) -> Iterator[None]:
    """Let library saves inside be this user's, for this reason."""
    token = _acting.set(Acting(by=by, reason=reason))
    try:
        yield
    finally:
        _acting.reset(token)
