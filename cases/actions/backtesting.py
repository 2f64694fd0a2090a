"""Trying a draft on the cases of the last days, before it may be put in force."""

from datetime import datetime

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


class PeriodRefused(DomainError):
    """A back-test looks at one day at least and a year at most."""

    code = "period_refused"


def backtest(*, edition: Edition, days: int, by: User, at: datetime) -> BacktestReport:
    """Try an edition on the cases of the last days and keep what was found with it.

    The trial itself runs in a transaction that cannot write. Raises MayNotRelease, PeriodRefused,
    ContentRefused, EditionRefused.
    """
    if not 1 <= days <= LONGEST:
        message = f"Choose between 1 and {LONGEST} days."
        raise PeriodRefused(message)
    services.require_either(by, AUTHOR, RELEASE)
    require_sound(edition.book, edition.content)
    report = simulate(edition=edition, days=days, at=at)
    services.keep_backtest(edition=edition, report=report, days=days, by=by, at=at)
    return report


@transaction.atomic
def simulate(*, edition: Edition, days: int, at: datetime) -> BacktestReport:
    """What an edition would have done, found without a single write."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    return BOOKS.get(edition.book).simulate(content=edition.content, days=days, at=at)
