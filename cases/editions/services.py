"""The only writers of editions and back-tests: locked, checked, with history and audit."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing_portal.access.grants import may
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.editions.lifecycle import MOVES, WAITING, EditionState, EditionVerb
from cases.editions.models import Backtest, Edition
from cases.editions.reports import BacktestReport
from cases.work.services import ReasonMissing, StaleVersion
from integrations.canonical.locks import lock

CHAIN = "config:edition"
FOUNDED = "What the house had when its first edition was begun"
DIGEST = "SELECT encode(sha256(convert_to(%s::jsonb::text, 'UTF8')), 'hex')"


class EditionRefused(DomainError):
    """The edition is not in a state that allows this."""

    code = "edition_refused"


class MayNotRelease(DomainError):
    """This person may not do this to editions, or not to this one (HTTP 403)."""

    code = "may_not_release"


def require_permission(by: User, permission: str) -> None:
    """Raises MayNotRelease unless a role of this person holds it; a superuser is nobody special."""
    if not may(by, permission):
        message = "Your role does not include this. A user administrator can grant it."
        raise MayNotRelease(message)


def require_either(by: User, *permissions: str) -> None:
    """Raises MayNotRelease unless a role of this person holds one of them."""
    if not any(may(by, permission) for permission in permissions):
        require_permission(by, permissions[0])


def lock_book(book: str) -> None:
    """Let one transaction at a time number and activate the editions of a book."""
    lock(f"edition:{book}")


def digest_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a content as the database writes it."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, [json.dumps(content)])
        return str(cursor.fetchone()[0])


@transaction.atomic
def found(*, book: str, content: Mapping[str, Any], by: User, at: datetime) -> Edition:
    """Keep what a book holds before anybody drafted anything, as its first edition, in force.

    The one in force if there is one. Locks the book.
    """
    lock_book(book)
    held = Edition.objects.filter(book=book).in_force().first()
    if held is not None:
        return held
    first = Edition(
        book=book,
        number=1,
        state=EditionState.ACTIVE,
        content=dict(content),
        digest=digest_of(content),
        note=FOUNDED,
        author=by,
        activated_at=at,
    )
    save_because(first, by=by, reason=FOUNDED)
    record(first, verb="founded", by=by, reason=FOUNDED)
    return first


@transaction.atomic
def draft(
    *,
    base: Edition,
    content: Mapping[str, Any],
    by: User,
    author: User | None = None,
    note: str = "",
    **columns: Any,
) -> Edition:
    """Begin the next edition of a book, on the one in force. Locks the book."""
    lock_book(base.book)
    last = Edition.objects.of(base.book).values_list("number", flat=True).first() or 0
    made = Edition(
        book=base.book,
        number=last + 1,
        content=dict(content),
        digest=digest_of(content),
        note=note,
        author=author or by,
        base=base,
        **columns,
    )
    save_because(made, by=by, reason=note or "Drafted")
    record(made, verb="drafted", by=by, reason=note or "Drafted", base=base.number)
    return made


@transaction.atomic
def advance(
    *,
    edition: Edition,
    verb: EditionVerb,
    by: User,
    reason: str,
    seen_version: int | None,
    **columns: Any,
) -> Edition:
    """Do one verb to an edition and return it as it is now. Locks it.

    `seen_version` is the version the caller saw; only systems and moves that follow from a checked
    one may give None. Raises MayNotRelease, ReasonMissing, StaleVersion, EditionRefused.
    """
    locked = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    _require_actor(locked, verb, by=by)
    if not reason.strip():
        message = "Say why: every change of the rules has a reason."
        raise ReasonMissing(message)
    _require_version(locked, seen_version)
    state = EditionState(locked.state)
    if state not in MOVES[verb].from_:
        message = f"“{verb.label}” cannot be done: edition {locked.number} is “{state.label}”."
        raise EditionRefused(message)
    written = {**columns, "state": MOVES[verb].to, "version": locked.version + 1}
    for name, value in written.items():
        setattr(locked, name, value)
    save_because(locked, by=by, reason=reason.strip(), fields=list(written))
    record(locked, verb=verb.value, by=by, reason=reason.strip(), was=state)
    return locked


def _require_actor(edition: Edition, verb: EditionVerb, *, by: User) -> None:
    """Whether this person may; nobody but the author writes, nobody who wrote judges."""
    rule = MOVES[verb]
    if rule.needs is None:
        return
    require_permission(by, rule.needs)
    is_author = edition.author_id == by.pk
    if rule.is_authors and not is_author:
        message = f"This draft is {edition.author}’s. Begin your own."
        raise MayNotRelease(message)
    if is_author and not rule.is_authors:
        message = "You wrote this edition: somebody else must judge and release it."
        raise MayNotRelease(message)


def _require_version(edition: Edition, seen: int | None) -> None:
    if seen is None or seen == edition.version:
        return
    message = f"{edition} was changed after you opened it. Nothing of yours was saved."
    raise StaleVersion(message, seen=seen, current=edition.version, differences=[])


@transaction.atomic
def keep_backtest(
    *, edition: Edition, report: BacktestReport, days: int, by: User, at: datetime
) -> Backtest:
    """Keep what a back-test found of an edition's content, and let the edition rest on it.

    Locks the edition. Raises EditionRefused when its content changed meanwhile, or it is released.
    """
    locked = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if locked.state not in WAITING:
        message = f"Edition {locked.number} waits for nothing: there is nothing to test."
        raise EditionRefused(message)
    if locked.digest != edition.digest:
        message = "The draft was changed while its back-test ran. Run it again."
        raise EditionRefused(message)
    made = Backtest.objects.create(
        edition=locked,
        digest=locked.digest,
        days=days,
        report=report.as_json(),
        ran_by=by,
        ran_at=at,
    )
    locked.backtest = made
    locked.version += 1
    reason = f"Back-tested over {days} days"
    save_because(locked, by=by, reason=reason, fields=["backtest", "version"])
    record(locked, verb="backtested", by=by, reason=reason, backtest=made.pk, cases=report.cases)
    return made


def record(edition: Edition, *, verb: str, by: User, reason: str, **facts: Any) -> None:
    """Append one event to the chain of editions."""
    audit.record(
        chain=CHAIN,
        verb=f"edition.{verb}",
        subject=f"edition:{edition.public_id}",
        by=by,
        reason=reason,
        book=edition.book,
        number=edition.number,
        version=edition.version,
        digest=edition.digest,
        **facts,
    )
