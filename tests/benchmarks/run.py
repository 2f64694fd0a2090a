"""`make bench`: every benchmark, or the one that ONLY names; one JSON object a line.

Each is a ratio within one run, so that a busy or slow machine says the same as a quick one.
"""

import importlib
import json
import os
import sys

BENCHMARKS = (
    "reader",
    "ingest",
    "queue_page",
    "inbox_page",
    "search",
    "claim_next",
    "approvals",
    "bulk_reassign",
    "backtest",
    "explain",
)


def main() -> int:
    """Run what is asked for; 2 when there is no such benchmark."""
    only = os.environ.get("ONLY", "")
    if only and only not in BENCHMARKS:
        sys.stderr.write(f"No benchmark is called {only!r} (there are: {', '.join(BENCHMARKS)}).\n")
        return 2
    for name in [only] if only else BENCHMARKS:
        for result in importlib.import_module(f"tests.benchmarks.{name}").run():
            sys.stdout.write(json.dumps(result) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
