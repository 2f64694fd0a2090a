"""How rules, targets, weights and code maps change: drafted by one person, released by another.

Every verb takes the edition as the caller saw it (`seen_version`), says who and when, and returns
the edition as it is then. All raise MayNotRelease, StaleVersion and EditionRefused, and where a
reason is asked for ReasonMissing. What comes into force passes through `releasing.put_in_force`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from cases.actions.releasing import (
    put_in_force,
    require_backtest,
    require_base,
    require_clean,
    require_sound,
    tell_author,
    tell_reviewers,
)
from cases.editions import services
from cases.editions.books import BOOKS
from cases.editions.lifecycle import AUTHOR, RELEASE, EditionState, EditionVerb
from cases.editions.models import Edition
from cases.editions.queries import in_force
from cases.editions.services import EditionRefused, MayNotRelease
from cases.work.services import ReasonMissing

FOUNDING = "setup"


@transaction.atomic
def draft(*, book: str, by: User, at: datetime) -> Edition:
    """Begin an edition with what the book holds now. Raises NotInstalled."""
    services.require_permission(by, AUTHOR)
    content = BOOKS.get(book).current()
    base = services.found(book=book, content=content, by=system_actor(FOUNDING), at=at)
    return services.draft(base=base, content=content, by=by)


@transaction.atomic
def save(
    *,
    edition: Edition,
    content: Mapping[str, Any],
    note: str,
    by: User,
    at: datetime,
    seen_version: int,
) -> Edition:
    """Keep what the author wrote, on the edition in force now. Also raises ContentRefused.

    A back-test of another content no longer counts.
    """
    require_sound(edition.book, content)
    digest = services.digest_of(content)
    kept = edition.backtest if digest == edition.digest else None
    return services.advance(
        edition=edition,
        verb=EditionVerb.SAVE,
        by=by,
        reason=note.strip() or "Saved",
        seen_version=seen_version,
        content=dict(content),
        digest=digest,
        note=note.strip(),
        backtest=kept,
        base=in_force(edition.book),
    )


@transaction.atomic
def request_review(*, edition: Edition, by: User, at: datetime, seen_version: int) -> Edition:
    """Ask a second person to judge a draft.

    Also raises ContentRefused, BaseSuperseded, and ReasonMissing where warnings stand unexplained.
    """
    require_sound(edition.book, edition.content)
    require_clean(edition, at=at)
    require_base(edition)
    asked = services.advance(
        edition=edition,
        verb=EditionVerb.REQUEST_REVIEW,
        by=by,
        reason=edition.note or "Review asked for",
        seen_version=seen_version,
        verdict="",
    )
    tell_reviewers(asked)
    return asked


@transaction.atomic
def approve(*, edition: Edition, by: User, at: datetime, seen_version: int) -> Edition:
    """Judge an edition of somebody else’s as fit."""
    approved = services.advance(
        edition=edition,
        verb=EditionVerb.APPROVE,
        by=by,
        reason="Approved",
        seen_version=seen_version,
        reviewer=by,
    )
    tell_author(approved, "was approved")
    return approved


@transaction.atomic
def send_back(
    *, edition: Edition, reason: str, by: User, at: datetime, seen_version: int
) -> Edition:
    """Give an edition back to its author as a draft, and say why."""
    returned = services.advance(
        edition=edition,
        verb=EditionVerb.SEND_BACK,
        by=by,
        reason=reason,
        seen_version=seen_version,
        verdict=reason.strip(),
        reviewer=None,
        activates_at=None,
    )
    tell_author(returned, "was sent back to you")
    return returned


@transaction.atomic
def schedule(
    *, edition: Edition, activates_at: datetime, by: User, at: datetime, seen_version: int
) -> Edition:
    """Let an approved edition come into force at a moment; at once when the moment has come.

    Also raises BacktestMissing (it must be fresh at that moment too), BaseSuperseded and
    ContentRefused.
    """
    moment = max(activates_at, at)
    require_backtest(edition, at=moment)
    require_base(edition)
    _require_free_slot(edition)
    planned = services.advance(
        edition=edition,
        verb=EditionVerb.SCHEDULE,
        by=by,
        reason=f"To come into force at {moment:%Y-%m-%d %H:%M %Z}",
        seen_version=seen_version,
        activates_at=moment,
    )
    return put_in_force(planned, by=by, reason=planned.note, at=at) if moment <= at else planned


def withdraw(
    *, edition: Edition, reason: str, by: User, at: datetime, seen_version: int
) -> Edition:
    """End an edition of one's own that is not in force."""
    return services.advance(
        edition=edition,
        verb=EditionVerb.WITHDRAW,
        by=by,
        reason=reason,
        seen_version=seen_version,
        verdict=reason.strip(),
    )


@transaction.atomic
def roll_back(*, edition: Edition, by: User, at: datetime, reason: str) -> Edition:
    """Put a former edition's content in force again, at once, as a new edition.

    Needs no fresh back-test: what it did is known, and the way back must be short. It is released
    by somebody who wrote neither it nor what it replaces. Also raises ContentRefused.
    """
    services.require_permission(by, RELEASE)
    if not reason.strip():
        message = "Say why: going back has a reason."
        raise ReasonMissing(message)
    now = in_force(edition.book)
    if edition.state != EditionState.SUPERSEDED or now is None:
        message = "Only an edition that was in force before can be put in force again."
        raise EditionRefused(message)
    if by.pk in {edition.author_id, now.author_id}:
        message = "You wrote one of the two editions: somebody else must decide between them."
        raise MayNotRelease(message)
    again = services.draft(
        base=now,
        content=edition.content,
        by=by,
        author=edition.author,
        note=f"Back to edition {edition.number}: {reason.strip()}",
        state=EditionState.APPROVED,
        reviewer=by,
        restores=edition,
    )
    return put_in_force(again, by=by, reason=reason.strip(), at=at)


def _require_free_slot(edition: Edition) -> None:
    waiting = Edition.objects.filter(book=edition.book, state=EditionState.SCHEDULED)
    other = waiting.exclude(pk=edition.pk).first()
    if other is not None:
        message = f"Edition {other.number} is scheduled: send it back first, or wait for it."
        raise EditionRefused(message)
