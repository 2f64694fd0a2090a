"""The queue page at a million cases, against the same page at ten thousand.

Time and shared buffers of the busiest queue's page, its later pages, all queues and one's own work;
and the whole page against its own template, rendered from rows that are ready.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from types import SimpleNamespace
from typing import Any

from django.db import connections
from django.template.loader import render_to_string
from django.test.utils import (
    CaptureQueriesContext,
    setup_test_environment,
    teardown_test_environment,
)
from django.urls import reverse

from tests.benchmarks.houses import SMALL, House, Visit, large, measured, served

PAIRS, WARM = 31, 12
QUEUE = "/queues/authorization/"
PAGES = {"queue": QUEUE, "all": "/queues/all/", "mine": reverse("cases:mine")}
DEPTH = 20
TARGET, HUGE_TARGET, TEMPLATE_TARGET, DEEP_TARGET = 1.2, 1.3, 2.5, 1.2


def visit(house: House, path: str) -> Visit:
    """One request."""
    return measured(house, lambda: house.client.get(path))


def pairs(first: Callable[[], Visit], second: Callable[[], Visit]) -> list[tuple[Visit, Visit]]:
    """Interleaved, each first every other time, after both are warm."""
    for _ in range(WARM):
        first(), second()
    found = []
    for number in range(PAIRS):
        if number % 2:
            later = second()
            found.append((first(), later))
        else:
            found.append((first(), second()))
    return found


@contextmanager
def observed() -> Iterator[None]:
    """Responses tell the context that their template was given, as they do in tests."""
    setup_test_environment(debug=False)
    try:
        yield
    finally:
        teardown_test_environment()


def deep(house: House, path: str) -> str:
    """The address of a later page."""
    with house.here(), observed():
        for _ in range(DEPTH):
            path = house.client.get(path).context["page"]["work"].next_url or path
    return path


def rendering(house: House, path: str) -> Callable[[], float]:
    """Seconds for the page's own template, everything in it being ready."""
    with house.here():
        with observed():
            response = house.client.get(path)
        request = response.wsgi_request
        page = dict(response.context["page"])
        work = page["work"]
        names = ("tabs", "bands", "facets", "state", "cases", "range", "first_url", "next_url")
        page["work"] = SimpleNamespace(**{name: getattr(work, name) for name in names})
        context = {"page": page, "peek": response.context["peek"]}
        render_to_string("cases/queue.html", context, request)

        def render() -> float:
            began = time.perf_counter()
            with CaptureQueriesContext(connections["default"]) as asked:
                render_to_string("cases/queue.html", context, request)
            assert not asked.captured_queries
            return time.perf_counter() - began

    return render


def result(
    name: str, ratios: list[float], target: float, against: str, detail: str
) -> dict[str, object]:
    """One line of `make bench`."""
    return {
        "name": name,
        "ratio": round(median(ratios), 3),
        "against": against,
        "target": f"<= {target}",
        "runs": len(ratios),
        "detail": detail,
    }


def compared(name: str, small: House, big: House, path: str, target: float) -> list[dict[str, Any]]:
    """Time and buffers of a page in the large house against the small one."""
    found = pairs(lambda: visit(small, path), lambda: visit(big, path))
    against = f"{path} at {small.size:,} cases"
    seconds = [many.seconds / few.seconds for few, many in found]
    buffers = [many.buffers / few.buffers for few, many in found]
    said = f"{median(v.seconds for _, v in found) * 1000:.1f} ms at {big.size:,}"
    counted = f"{median(v.buffers for _, v in found):.0f} at {big.size:,}"
    return [
        result(name, seconds, target, against, said),
        result(f"{name}_buffers", buffers, target, against, counted),
    ]


def run() -> list[dict[str, Any]]:
    """Every page in both houses; the queue's page deep down and against its template."""
    with served() as server:
        small, big = server.house(SMALL), server.house(large())
        target = TARGET if big.size <= 1_000_000 else HUGE_TARGET
        found = []
        for key, path in PAGES.items():
            name = "queue_page_1m_vs_10k" if key == "queue" else f"queue_page_{key}"
            found += compared(name, small, big, path, target)
        return [*found, deeper(big), *within(big)]


def deeper(big: House) -> dict[str, Any]:
    """A page far down against the first."""
    far = deep(big, QUEUE)
    found = pairs(lambda: visit(big, QUEUE), lambda: visit(big, far))
    ratios = [later.seconds / first.seconds for first, later in found]
    return result("queue_page_deep", ratios, DEEP_TARGET, "the first page", f"page {DEPTH + 1}")


def within(big: House) -> list[dict[str, Any]]:
    """The whole page against its template alone."""
    render = rendering(big, QUEUE)
    ratios = []
    with big.here():
        for _ in range(PAIRS):
            alone = render()
            ratios.append(visit(big, QUEUE).seconds / alone)
    against = "its template rendered from ready rows"
    return [result("queue_page_vs_template", ratios, TEMPLATE_TARGET, against, "")]
