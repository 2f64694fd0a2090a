"""Reads of editions, shaped for their pages and calls."""

from datetime import datetime, timedelta

from cases.editions.books import BOOKS
from cases.editions.differences import Difference, difference_of
from cases.editions.models import Backtest, Edition, EditionQuerySet

FRESH = timedelta(days=7)


def listed(book: str) -> EditionQuerySet:
    """The editions of a book, newest first."""
    return Edition.objects.of(book)


def in_force(book: str) -> Edition | None:
    """The edition whose content the rows hold; None before the first draft."""
    return Edition.objects.of(book).in_force().first()


def difference(edition: Edition, base: Edition | None = None) -> Difference:
    """What an edition says otherwise than another one, in words; than its own base unless told."""
    book = BOOKS.get(edition.book)
    other = base or edition.base
    old = book.entries(other.content) if other is not None else ()
    return difference_of(book.entries(edition.content), old)


def fresh_backtest_of(edition: Edition, *, at: datetime) -> Backtest | None:
    """The back-test that an activation at a moment may rest on: of this content, a week at most.

    None: run one.
    """
    kept = edition.backtest
    is_fresh = kept is not None and kept.digest == edition.digest and at - kept.ran_at <= FRESH
    return kept if is_fresh else None
