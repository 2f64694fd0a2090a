"""What a call says of a note, as the actions take it."""

from collections.abc import Mapping
from typing import Any

from cases.actions.macros import Said
from cases.work.models import NoteKind, NoteOutcome
from cases.work.references import Reference


def said_of(fields: Mapping[str, Any]) -> Said:
    """Text, kind and what a call leaves behind."""
    outcome = fields["outcome"]
    reference = Reference(
        payer_reference=fields["payer_reference"],
        outcome=NoteOutcome(outcome) if outcome else None,
        spoken_to=fields["spoken_to"],
        phone=fields["phone"],
        call_back_on=fields["call_back_on"],
    )
    return Said(fields["text"], NoteKind(fields["kind"]), reference)
