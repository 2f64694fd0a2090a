"""Processes that deliver the outbox, made to be killed: `python -m tests.faults.deliverers`.

Reads lines; each line makes one more such process and says its id. Django is loaded once and
forked, so that a killed one is replaced at once.
"""

import os
import signal
import sys
import time
from contextlib import suppress

import django
from django.db import Error


def deliver_for_ever():
    """As a worker does, and through whatever the database does."""
    from integrations.outbox.delivering import deliver_due  # noqa: PLC0415 -- Django comes first

    while True:
        with suppress(Error):
            deliver_due(limit=100)
        time.sleep(0.05)


def main():
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            deliver_for_ever()
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
