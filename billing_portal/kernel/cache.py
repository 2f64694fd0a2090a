"""What may be forgotten, known to all processes: how often somebody called, or failed to sign in.

The broker keeps it, beside the queues. When it does not answer, nothing is remembered and
everything goes on. Values are JSON: whoever reaches the broker must not reach the code.
"""

import json
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


class JsonSerializer:
    """Values as JSON text."""

    def dumps(self, value: Any) -> bytes:
        """As the broker keeps it."""
        return json.dumps(value).encode()

    def loads(self, kept: bytes) -> Any:
        """As it was given."""
        return json.loads(kept)


class SharedCache(RedisCache):
    """A cache that all processes share while its server answers, and do without while not."""

    def add(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep a value unless there is one; True also when nothing can be kept: nobody waits."""
        return tried(
            lambda: super(SharedCache, self).add(key, value, timeout, version), otherwise=True
        )

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return tried(lambda: super(SharedCache, self).get(key, default, version), otherwise=default)

    def set(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Keep a value."""
        tried(lambda: super(SharedCache, self).set(key, value, timeout, version), otherwise=None)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count on, at once for everybody; the step alone when nothing can be kept.

        Raises ValueError for a key that is not there.
        """
        return tried(lambda: super(SharedCache, self).incr(key, delta, version), otherwise=delta)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; whether there was one."""
        return tried(lambda: super(SharedCache, self).delete(key, version), otherwise=False)


def tried(work: Callable[[], Answer], *, otherwise: Answer) -> Answer:
    """What the server answers, or what holds without it."""
    try:
        return work()
    except RedisError as failure:
        log.warning("the shared cache does not answer: %s", type(failure).__name__)
        return otherwise
