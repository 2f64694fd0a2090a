"""How often somebody may call: counted for all processes together, and exactly."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle


class Counted(SimpleRateThrottle):
    """So many calls a window, one after another or at once.

    The library keeps a list of moments that two calls at once overwrite; a counter loses none.
    """

    num_requests: int | None
    duration: int | None
    left: float = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this call; whether it is still one of those allowed."""
        key = self.get_cache_key(request, view)
        if key is None or self.num_requests is None or self.duration is None:
            return True
        window, gone = divmod(self.timer(), self.duration)
        self.left = self.duration - gone
        counter = f"{key}_{int(window)}"
        self.cache.add(counter, 0, self.duration)
        return self.count(counter) <= self.num_requests

    def count(self, counter: str) -> int:
        """One call more; the first again when the broker, killed meanwhile, has forgotten it."""
        try:
            calls: int = self.cache.incr(counter)
        except ValueError:
            calls = 1
        return calls

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.left


class CallerThrottle(Counted, UserRateThrottle):
    """Whoever is signed in, by account."""


class StrangerThrottle(Counted, AnonRateThrottle):
    """Whoever is not, by address."""
