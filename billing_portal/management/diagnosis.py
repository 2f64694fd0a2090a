"""What `manage.py doctor` looks at: each finding is well or not, and says so in a sentence.

Whether the beat and the worker live is judged by the work they have done, never by a process.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from billing_portal import health
from billing_portal.embedded.home import NEEDED_MEGABYTES
from billing_portal.kernel import catalogue

SHORTEST_KEY = 32
CLOCK_SECONDS = 2.0
LONGEST_TRANSACTION = 60
SMTP = "django.core.mail.backends.smtp.EmailBackend"
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
OLD_TRANSACTIONS = """
SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::int
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND xact_start < clock_timestamp() - make_interval(secs => %s)
ORDER BY xact_start, pid
"""


class Unwell(Exception):
    """Something is wrong; the message says what, and what to do where that is known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    name: str
    ok: bool
    detail: str


def examine(now: datetime) -> list[Finding]:
    """Every look, in order."""
    return [look(name, check, now) for name, check in LOOKS.items()]


def look(name: str, check: Callable[[datetime], str], now: datetime) -> Finding:
    """One look; what cannot be looked at is not well."""
    try:
        return Finding(name, ok=True, detail=check(now))
    except Unwell as unwell:
        return Finding(name, ok=False, detail=str(unwell))
    except DatabaseError as error:
        return Finding(name, ok=False, detail=f"The database refused: {type(error).__name__}.")


def look_at_settings(_now: datetime) -> str:
    """A key that cannot be guessed, and no debugging."""
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        raise Unwell(f"SECRET_KEY is shorter than {SHORTEST_KEY} characters.")
    if settings.DEBUG:
        raise Unwell("DEBUG is on: error pages would show data.")
    return "HTTPS" if settings.HTTPS else "No HTTPS: for this machine alone."


def look_at_database(_now: datetime) -> str:
    """It answers, and has this code's schema."""
    if not health.database_answers():
        raise Unwell("No database answers at DATABASE_URL.")
    if not health.schema_is_current():
        raise Unwell("Migrations are missing: manage.py migrate.")
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}, every migration applied."


def look_at_roles(_now: datetime) -> str:
    """The application can define nothing, and the record is guarded."""
    if gaps := catalogue.gaps():
        raise Unwell(" ".join(gaps))
    return "The application's role owns nothing; every guard stands."


def look_at_limits(_now: datetime) -> str:
    """Every wait in the database ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = '0'", [[*LIMITS]]
        )
        endless = sorted(name for (name,) in cursor.fetchall())
    if endless:
        raise Unwell(f"Nothing ends after a while: {', '.join(endless)} is 0.")
    return "Statements, locks and idle transactions end in time."


def look_at_commits(_now: datetime) -> str:
    """What is committed lasts: what goes out is sent once only as long as it does."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            raise Unwell("synchronous_commit is off: a crash could send money twice. Turn it on.")
    return "What is committed lasts."


def look_at_transactions(_now: datetime) -> str:
    """None so old that it holds the feed's horizon, and thereby every case, back."""
    with connection.cursor() as cursor:
        cursor.execute(OLD_TRANSACTIONS, [LONGEST_TRANSACTION])
        old = cursor.fetchall()
    if old:
        raise Unwell(" ".join(f"Process {pid} holds one for {age} s." for pid, age in old))
    return f"None is older than {LONGEST_TRANSACTION} s."


def look_at_broker(_now: datetime) -> str:
    """It takes messages. Without it nothing is lost, only later."""
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        raise Unwell("No broker: start manage.py up, or set BROKER_URL.")
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=3) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except (BrokerError, OSError) as error:
        raise Unwell("No broker answers at BROKER_URL.") from error
    return "It answers."


def look_at_clock(now: datetime) -> str:
    """Ours and the database's agree."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - %s)::float", [now])
        apart = cursor.fetchone()[0]
    allowed = CLOCK_SECONDS + LOOKING_SECONDS
    if not -CLOCK_SECONDS < apart < allowed:
        raise Unwell(f"This machine and the database are {apart:.1f} s apart.")
    return "This machine and the database agree."


def look_at_disk(_now: datetime) -> str:
    """Room for messages, attachments and, if embedded, the database."""
    free = shutil.disk_usage(settings.PORTAL_HOME).free // 1024**2
    if free < NEEDED_MEGABYTES:
        raise Unwell(f"{free} MB are free at PORTAL_HOME.")
    return f"{free} MB are free at PORTAL_HOME."


def look_at_mail(_now: datetime) -> str:
    """A server takes our mail, if one is named."""
    if settings.EMAIL_BACKEND != SMTP:
        return "Mail is not sent (EMAIL_URL names no server)."
    try:
        get_connection(timeout=5).open()
    except OSError as error:
        raise Unwell("The mail server of EMAIL_URL does not answer.") from error
    return "The mail server answers."


def look_at_work(now: datetime) -> str:
    """Beat and worker have done something lately, and no message waits for long."""
    facts = health.work_facts(now)
    late = [
        f"{name.replace('_', ' ')}: {facts[name]}"
        for name, limit in health.LIMITS.items()
        if (facts[name] or 0) > limit.total_seconds()
    ]
    if late:
        raise Unwell(f"{'; '.join(late)}. Do beat and worker run?")
    if facts["since_last_beat_slot_seconds"] is None:
        return "Nothing was scheduled yet."
    return f"The last scheduled work began {facts['since_last_beat_slot_seconds']} s ago."


LOOKING_SECONDS = 15.0
"""How long the looks before the clock may take, at most."""

LOOKS: dict[str, Callable[[datetime], str]] = {
    "settings": look_at_settings,
    "clock": look_at_clock,
    "database": look_at_database,
    "roles": look_at_roles,
    "limits": look_at_limits,
    "commits": look_at_commits,
    "transactions": look_at_transactions,
    "broker": look_at_broker,
    "disk": look_at_disk,
    "mail": look_at_mail,
    "work": look_at_work,
}
