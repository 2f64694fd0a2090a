"""Trying a draft on the cases of the last days, before it may be put in force."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions.releasing import require_sound
from cases.editions import services
from cases.editions.books import BOOKS
from cases.editions.lifecycle import AUTHOR, RELEASE
from cases.editions.models import Edition
from cases.editions.reports import BacktestReport

LONGEST = 366
PATIENCE = "SET LOCAL statement_timeout = '5min'"  # a year of a large house


class PeriodRefused(DomainError):
    """A back-test looks at one day at least and a year at most."""

    code = "period_refused"


def backtest(*, edition: Edition, days: int, by: User, at: datetime) -> BacktestReport:
    """Try an edition on the cases of the last days and keep what was found with it.

    The trial itself runs in a transaction that cannot write. Raises MayNotRelease, PeriodRefused,
    ContentRefused, EditionRefused.
    """
    services.require_either(by, AUTHOR, RELEASE)
    report = try_out(book=edition.book, content=edition.content, days=days, at=at)
    services.keep_backtest(edition=edition, report=report, days=days, by=by, at=at)
    return report


@transaction.atomic
def try_out(
    *, book: str, content: Mapping[str, Any] | None = None, days: int, at: datetime
) -> BacktestReport:
    """What a content would have done, found without a single write; what is in force unless told.

    Raises PeriodRefused, ContentRefused.
    """
    if not 1 <= days <= LONGEST:
        message = f"Choose between 1 and {LONGEST} days."
        raise PeriodRefused(message)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        cursor.execute(PATIENCE)
    tried = BOOKS.get(book).current() if content is None else content
    require_sound(book, tried)
    return BOOKS.get(book).simulate(content=tried, days=days, at=at)
