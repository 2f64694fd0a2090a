"""Putting editions in force: the one way, by a person or when their moment has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.transactions import joining
from cases.editions import services
from cases.editions.books import BOOKS
from cases.editions.lifecycle import RELEASE, EditionVerb
from cases.editions.models import Edition
from cases.editions.queries import fresh_backtest_of, in_force
from cases.notices.models import MessageKind
from cases.notices.services import Message, notify_many
from cases.work.services import ReasonMissing

RELEASING = "releases"


class ContentRefused(DomainError):
    """The content cannot hold; `fields["problems"]` says where and why (HTTP 422)."""

    code = "content_refused"


class BaseSuperseded(DomainError):
    """Another edition was put in force since this one was saved: save it again on that one."""

    code = "base_superseded"


class BacktestMissing(DomainError):
    """There is no fresh back-test of just this content."""

    code = "backtest_missing"


def activate_due(*, at: datetime) -> list[Edition]:
    """Put in force what was scheduled for now or before, each in a transaction of its own.

    One that cannot be goes back to approved, and says why. Returns those now in force.
    """
    actor = system_actor(RELEASING)
    tried = [
        _activate_scheduled(edition, by=actor, at=at) for edition in Edition.objects.due(at=at)
    ]
    return [edition for edition in tried if edition is not None]


@transaction.atomic
def _activate_scheduled(edition: Edition, *, by: User, at: datetime) -> Edition | None:
    """Put one in force if it is still due; None: it was not, or could not be. Locks the book."""
    services.lock_book(edition.book)
    due = Edition.objects.due(at=at).filter(pk=edition.pk).first()
    if due is None:
        return None
    try:
        with transaction.atomic():
            return put_in_force(due, by=by, reason=due.note, at=at)
    except DomainError as refusal:
        _postpone(due, by=by, why=str(refusal))
        return None


def require_sound(book: str, content: Mapping[str, Any]) -> None:
    """Raises ContentRefused with every problem of a content."""
    problems = BOOKS.get(book).problems(content)
    if problems:
        named = [{"where": each.where, "words": each.words} for each in problems]
        message = f"{problems[0].where}: {problems[0].words}"
        raise ContentRefused(message, problems=named)


def require_clean(edition: Edition, *, at: datetime) -> None:
    """Raises ContentRefused for what its book calls an error; ReasonMissing for bare warnings.

    An edition that restores a former one passes: the way back must be short.
    """
    if edition.restores_id is not None:
        return
    found = BOOKS.get(edition.book).findings(edition.content, at=at)
    errors = [{"where": each.row, "words": each.words} for each in found if each.is_error]
    if errors:
        message = " ".join(f"{each['where']}: {each['words']}".lstrip(": ") for each in errors)
        raise ContentRefused(message, problems=errors)
    if found and not edition.note.strip():
        message = "Say in the note why its warnings may stand."
        raise ReasonMissing(message)


def require_backtest(edition: Edition, *, at: datetime) -> None:
    """Raises BacktestMissing unless a back-test of this content is fresh at a moment."""
    if edition.restores_id is None and fresh_backtest_of(edition, at=at) is None:
        message = "Back-test it first: what comes into force was tried on the last days’ cases."
        raise BacktestMissing(message)


def require_base(edition: Edition) -> None:
    """Raises BaseSuperseded unless the edition was last saved on what is in force now."""
    now = in_force(edition.book)
    if now is None or edition.base_id != now.pk:
        number = now.number if now else 1
        message = f"Edition {number} came into force meanwhile: look at it, then save yours again."
        raise BaseSuperseded(message)


@joining
def put_in_force(edition: Edition, *, by: User, reason: str, at: datetime) -> Edition:
    """Let the rows be as the edition says, and the edition be in force instead of the former.

    Locks the book. Raises ContentRefused, BaseSuperseded, BacktestMissing, EditionRefused.
    """
    services.lock_book(edition.book)
    require_backtest(edition, at=at)
    require_sound(edition.book, edition.content)
    require_clean(edition, at=at)
    require_base(edition)
    said = reason.strip() or "Released"
    why = f"Edition {edition.number}: {said}"
    changed = BOOKS.get(edition.book).apply(content=edition.content, by=by, reason=why, at=at)
    former = edition.base
    assert former is not None
    services.advance(
        edition=former,
        verb=EditionVerb.SUPERSEDE,
        by=by,
        reason=f"Edition {edition.number} takes its place: {said}",
        seen_version=None,
    )
    released = services.advance(
        edition=edition,
        verb=EditionVerb.ACTIVATE,
        by=by,
        reason=f"{said} ({changed} rows changed)",
        seen_version=None,
        activated_at=at,
    )
    tell_author(released, "is in force")
    return released


def _postpone(edition: Edition, *, by: User, why: str) -> None:
    postponed = services.advance(
        edition=edition,
        verb=EditionVerb.POSTPONE,
        by=by,
        reason=f"Not put in force: {why}",
        seen_version=None,
        verdict=f"Not put in force: {why}",
        activates_at=None,
    )
    tell_author(postponed, "was not put in force")


def tell_reviewers(edition: Edition) -> None:
    """Tell everybody who may release it, but its author, that an edition wants their judgement."""
    people = User.objects.filter(
        groups__permissions__codename=RELEASE.partition(".")[2], is_active=True
    ).exclude(pk=edition.author_id)
    text = f"{titled(edition)} wants your review."
    why = "You may release rules that others wrote."
    notify_many(
        drafts=[
            Message(person.pk, MessageKind.APPROVAL, told_once(edition), text, why, instant=True)
            for person in people.distinct().order_by("pk")
        ]
    )


def tell_author(edition: Edition, news: str) -> None:
    """Tell who wrote an edition what became of it."""
    text, why = f"{titled(edition)} {news}.", "You wrote it."
    told = told_once(edition)
    notify_many(drafts=[Message(edition.author_id, MessageKind.APPROVAL, told, text, why)])


def titled(edition: Edition) -> str:
    """An edition in words."""
    return f"Edition {edition.number} of “{BOOKS.get(edition.book).label}”"


def told_once(edition: Edition) -> str:
    """The key of a message about an edition as it stands."""
    return f"edition:{edition.public_id}:{edition.version}"
