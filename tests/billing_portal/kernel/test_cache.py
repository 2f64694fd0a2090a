"""The shared cache: one count for all processes, and none in the way when its server is gone."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache.backends.redis import RedisCache

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.valkey import Broker
from billing_portal.kernel.cache import SharedCache
from billing_portal.settings.cache import cache_at


def opened(broker_url: str) -> SharedCache:
    """The cache as one process has it."""
    told = cache_at(broker_url)
    return SharedCache(told["LOCATION"], {"OPTIONS": told["OPTIONS"]})


def closed(*caches: SharedCache) -> None:
    for cache in caches:
        for pool in cache._cache._pools.values():
            pool.disconnect()


@pytest.fixture
def broker():
    folder = Path(tempfile.mkdtemp(dir=settings.PORTAL_HOME))
    folder.chmod(0o711)
    with Broker(PortalHome(folder)) as started:
        yield started


def test_processes_share_what_is_kept_and_the_queues_stay_out_of_it(broker):
    one, other = opened(broker.url), opened(broker.url)

    one.set("calls", [1.5, 2.5], 60)

    assert other.get("calls") == [1.5, 2.5]
    assert not other.add("calls", 7)
    assert other.delete("calls")
    assert one.get("calls", "none") == "none"
    assert one._cache.get_client().connection_pool.connection_kwargs["db"] == 1
    closed(one, other)


def test_what_is_counted_at_once_is_counted_each(broker):
    one, other = opened(broker.url), opened(broker.url)
    one.add("calls", 0, 60)

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda number: (one, other)[number % 2].incr("calls"), range(200)))

    assert sorted(counts) == list(range(1, 201))
    closed(one, other)


def test_what_is_kept_is_json_and_never_code(broker):
    cache = opened(broker.url)
    cache.set("calls", {"count": 3}, 60)

    kept = cache._cache.get_client().get(cache.make_and_validate_key("calls"))

    assert kept == b'{"count": 3}'
    with pytest.raises(TypeError):
        RedisCache.set(cache, "calls", object())
    closed(cache)


def test_everything_goes_on_when_the_server_is_gone(tmp_path):
    cache = opened(f"redis+socket://:secret@{tmp_path}/nobody.sock")

    cache.set("calls", 1)

    assert cache.get("calls", "none") == "none"
    assert cache.add("lock", value=True)
    assert cache.incr("calls") == 1
    assert not cache.delete("calls")


@pytest.mark.parametrize(
    ("broker_url", "location"),
    [
        ("redis+socket://:pw@/tmp/x.sock", ["unix://:pw@/tmp/x.sock?db=1"]),
        ("redis://cache:6379/0", ["redis://cache:6379/0?db=1"]),
        (
            "rediss://cache:6379/0?ssl_cert_reqs=none",
            ["rediss://cache:6379/0?ssl_cert_reqs=none&db=1"],
        ),
        ("amqp://rabbit//", None),
        ("memory://", None),
    ],
)
def test_the_cache_stands_beside_the_broker_if_that_can_keep_it(broker_url, location):
    assert cache_at(broker_url).get("LOCATION") == location
