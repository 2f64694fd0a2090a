"""Who is at which case right now.

A lease says that somebody is working a case this moment; the owner says whose it is. A lease ends
by itself and takes nothing with it: an owned case stays its owner's, and its lead sees it idle.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from billing_portal.accounts.models import User
from cases.work.models import Case, Lease
from cases.work.sets import any_id

SHORTEST = timedelta(minutes=20)
WARNING = timedelta(minutes=2)


def lease_length() -> timedelta:
    """How long a case is held: never shorter than a session may idle, with its warning."""
    return max(SHORTEST, timedelta(minutes=settings.SESSION_IDLE_MINUTES) + WARNING)


def take_leases(*, cases: Sequence[Case], by: User) -> None:
    """Say that somebody is at these cases, from now on; whoever was before is no longer."""
    _execute(
        "INSERT INTO cases_lease (case_id, holder_id, until)"
        " SELECT id, %(by)s, clock_timestamp() + %(length)s"
        " FROM unnest(%(cases)s::bigint[]) AS taken (id) ON CONFLICT (case_id)"
        " DO UPDATE SET holder_id = EXCLUDED.holder_id, until = EXCLUDED.until",
        {"cases": [case.pk for case in cases], "by": by.pk, "length": lease_length()},
    )


def renew_lease(*, case: Case, by: User) -> bool:
    """Extend the lease of a case that somebody holds; whether they still do."""
    return bool(
        _execute(
            "UPDATE cases_lease SET until = clock_timestamp() + %(length)s"
            " WHERE case_id = %(case)s AND holder_id = %(by)s AND until > clock_timestamp()",
            {"case": case.pk, "by": by.pk, "length": lease_length()},
        )
    )


def drop_lease(*, case: Case) -> None:
    """Nobody is at this case any more."""
    drop_leases(cases=[case])


def drop_leases(*, cases: Sequence[Case]) -> None:
    """Nobody is at these cases any more."""
    Lease.objects.filter(case_id=any_id(case.pk for case in cases)).delete()


def release_leases() -> int:
    """Remove leases that have ended; returns how many. Whose the cases are does not change."""
    return _execute("DELETE FROM cases_lease WHERE until <= clock_timestamp()", {})


def _execute(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
