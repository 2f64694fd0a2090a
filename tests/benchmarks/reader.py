"""Reading 835s, against a loop that only splits and makes Decimals."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from statistics import median

from integrations.connectors.x12_835.reader import read
from tests.generators.x12_835 import Order, chunks

CLAIMS, RUNS, TARGET, MEMORY_MB = 50_000, 5, 0.25, 32
AMOUNTS = {"CLP": (3, 4), "SVC": (2, 3)}

ALONE = """
import resource, sys
from integrations.connectors.x12_835.reader import read
from tests.generators.x12_835 import Order, chunks
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in read(chunks(Order(int(sys.argv[1])))): pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def floor(pieces: Iterable[bytes]) -> int:
    """The least that reading can be: segments, elements, and the amounts of CLP, SVC and CAS."""
    rest, claims = "", 0
    for piece in pieces:
        rest += piece.decode("latin-1")
        segments = rest.split("~")
        rest = segments.pop()
        for segment in segments:
            elements = segment.split("*")
            name = elements[0]
            if name == "CAS":
                for at in range(3, len(elements), 3):
                    Decimal(elements[at])
            elif name in AMOUNTS:
                claims += name == "CLP"
                for at in AMOUNTS[name]:
                    Decimal(elements[at])
    return claims


def ours(pieces: Iterable[bytes]) -> int:
    """Everything: facts, balances, quarantine."""
    return sum(1 for _event in read(pieces)) - 2


def seconds(work: Callable[[Iterable[bytes]], int], pieces: list[bytes]) -> float:
    """The processor's time, which others on the machine disturb least; nothing is left out."""
    started = time.process_time()
    assert work(pieces) == CLAIMS
    return time.process_time() - started


def grown() -> float:
    """Megabytes that a bare process grows by while reading."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(CLAIMS)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def run() -> list[dict[str, object]]:
    """Interleaved runs; the median of the ratios."""
    pieces = list(chunks(Order(CLAIMS)))
    pairs = [(seconds(floor, pieces), seconds(ours, pieces)) for _ in range(RUNS)]
    ratio = median(least / full for least, full in pairs)
    speed = CLAIMS / median(full for _least, full in pairs)
    return [
        {
            "name": "reader",
            "ratio": round(ratio, 3),
            "against": "splitting and Decimals alone",
            "target": f">= {TARGET}",
            "runs": RUNS,
            "detail": f"{speed:,.0f} claims/s",
        },
        {
            "name": "reader_memory",
            "ratio": round(grown() / MEMORY_MB, 3),
            "against": f"{MEMORY_MB} MB",
            "target": "<= 1",
            "runs": 1,
            "detail": f"{CLAIMS:,} claims in a bare process",
        },
    ]


if __name__ == "__main__":
    for result in run():
        sys.stdout.write(json.dumps(result) + "\n")
