"""Being at a case: who else is, and what one has typed and not yet sent."""

from collections.abc import Mapping

from billing_portal.accounts.models import User
from cases.collaboration.services import presence
from cases.work.models import Case


def attend(*, case: Case, by: User, is_writing: bool = False) -> None:
    """Say that somebody has a case open right now. Raises CaseNotFound."""
    presence.be_at(case=case, by=by, is_writing=is_writing)


def keep(*, case: Case, by: User, form: str, fields: Mapping[str, str]) -> None:
    """Keep what somebody typed into a form of a case. Raises CaseNotFound, DraftRefused."""
    presence.keep_draft(case=case, by=by, form=form, fields=fields)


def drop(*, case: Case, by: User, form: str) -> None:
    """Forget what was typed into a form."""
    presence.drop_draft(case=case, by=by, form=form)


def forget() -> int:
    """Forget who was at cases a while ago, and drafts that nobody came back to."""
    return presence.forget()
