"""Where the cache is: beside the broker, if that can keep it."""

from typing import Any

APART = "db=1"  # the queues are in 0
PATIENCE = 0.5  # seconds


def cache_at(broker_url: str) -> dict[str, Any]:
    """Django's setting for the cache beside a broker; each process for itself without Redis."""
    scheme, _, rest = broker_url.partition("://")
    if scheme not in {"redis", "rediss", "redis+socket"}:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    address = f"{'unix' if scheme == 'redis+socket' else scheme}://{rest}"
    return {
        "BACKEND": "billing_portal.kernel.cache.SharedCache",
        "LOCATION": [f"{address}{'&' if '?' in rest else '?'}{APART}"],
        "OPTIONS": {
            "serializer": "billing_portal.kernel.cache.JsonSerializer",
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
        },
    }
