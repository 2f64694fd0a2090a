"""Trying the routing rules on all cases of a year, against one aggregate scan of the same rows."""

import os
import resource
import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from cases.actions.backtesting import try_out
from tests.benchmarks.houses import large, served
from tests.benchmarks.queue_page import result

DAYS, ROUNDS, TARGET = 365, 3, 4.0
SCAN = """
SELECT queue_id, facility_id, payer_id, case_type, category, count(*), sum(amount_at_risk),
       min(details ->> 'carc')
FROM cases_case WHERE opened_at >= %s GROUP BY 1, 2, 3, 4, 5
"""


def run() -> list[dict[str, Any]]:
    """The medians of interleaved rounds, and what the process grew by."""
    rounds = int(os.environ.get("BENCH_RUNS", ROUNDS))
    with served() as server:
        house = server.house(large())
        with house.here():
            try_out(book="routing", days=1, at=timezone.now())
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            found = [(scanned(), tried()) for _ in range(rounds)]
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    ratios = [whole / least for least, whole in found]
    said = f"{house.size:,} cases; the process grew by {grown:.0f} MB"
    return [result("backtest_1m", ratios, TARGET, "one aggregate scan of the same rows", said)]


def scanned() -> float:
    """Seconds for the scan."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(SCAN, [timezone.now() - timedelta(days=DAYS)])
        cursor.fetchall()
    return time.perf_counter() - began


def tried() -> float:
    """Seconds for the trial."""
    began = time.perf_counter()
    try_out(book="routing", days=DAYS, at=timezone.now())
    return time.perf_counter() - began
