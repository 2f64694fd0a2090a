"""The correlation id: one name for all that one request, message or job leads to."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[str] = ContextVar("correlation_id", default="")


def new_id() -> str:
    """A fresh id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def current_id() -> str:
    """The id of what is being done now; empty outside of anything."""
    return _current.get()


@contextmanager
def correlated(correlation_id: str = "") -> Iterator[str]:
    """Do something under one id: the given one when it is sane, else a fresh one."""
    chosen = correlation_id if SANE.fullmatch(correlation_id) else new_id()
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)
