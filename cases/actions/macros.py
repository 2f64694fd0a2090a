"""Writing a note by a macro, and doing what it says comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import plain
from cases.actions import awaiting, working
from cases.actions.working import Waiting
from cases.collaboration.models import Macro
from cases.collaboration.queries import macros_for
from cases.collaboration.vocabulary import MacroVerb
from cases.work.lifecycle import Disposition
from cases.work.models import Case, Note, NoteKind
from cases.work.references import NO_REFERENCE, Reference

LONGEST_REASON = 2_000


class MacroRefused(DomainError):
    """This macro is not for the cases of this queue's team."""

    code = "macro_refused"


@dataclass(frozen=True, slots=True)
class Said:
    """What is written, however it was put together."""

    text: str
    kind: NoteKind = NoteKind.COMMENT
    reference: Reference = NO_REFERENCE


def filled(macro: Macro, case: Case, *, at: datetime) -> str:
    """A macro's text with what it names of a case; no patient stands in it."""
    known = {
        "reference": case.reference,
        "payer": case.payer.name if case.payer else "the payer",
        "code": case.code,
        "amount": f"{plain(case.amount_at_risk)} {case.currency}",
        "today": date_format(timezone.localtime(at), "M j, Y"),
    }
    text = macro.text
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@transaction.atomic
def use(
    *, case: Case, macro: Macro, said: Said, by: User, at: datetime, seen_version: int | None
) -> Note:
    """Write the note and do the macro's verb, both or neither.

    Raises MacroRefused, and what the note and the verb raise.
    """
    if not macros_for(case).filter(pk=macro.pk).exists():
        message = f"“{macro}” is not a macro of this queue's team."
        raise MacroRefused(message)
    note = working.comment(
        case=case, by=by, text=said.text, kind=said.kind, reference=said.reference
    )
    if macro.verb:
        act, given = _deed(macro, at=at)
        reason = said.text.strip()[:LONGEST_REASON]
        act(case=case, by=by, reason=reason, at=at, seen_version=seen_version, **given)
    return note


def _deed(macro: Macro, *, at: datetime) -> tuple[Callable[..., Case], dict[str, Any]]:
    """The action that a macro names, and what it is given."""
    match MacroVerb(macro.verb):
        case MacroVerb.WAIT_PAYER:
            return working.wait, {"waiting_for": Waiting.PAYER}
        case MacroVerb.WAIT_INFO:
            return working.wait, {"waiting_for": Waiting.INFO}
        case MacroVerb.DEFER:
            return awaiting.defer, {"until": at + timedelta(days=macro.days or 1)}
        case MacroVerb.RELEASE:
            return working.release, {}
        case MacroVerb.RESOLVE:
            return working.resolve, {"disposition": Disposition(str(macro.disposition))}
