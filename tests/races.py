"""Several at once, released by a barrier, each with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, transaction

from billing_portal.kernel.pure.errors import DomainError
from cases.work.models import Case


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each comes to, begun at the same moment: its result, or its refusal."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():  # the connection is open before the start
                Case.objects.exists()
            barrier.wait(timeout=30)
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
