"""What a note keeps beside its text."""

from dataclasses import dataclass
from datetime import date

from cases.work.models import NoteOutcome


@dataclass(frozen=True, slots=True)
class Reference:
    """What a note keeps beside its text, so that the next caller need not ask again.

    Of a call, a look-up or a letter: the payer's reference and what came of it. Of a call also whom
    one spoke to, at which number, and the day to call again.
    """

    payer_reference: str = ""
    outcome: NoteOutcome | None = None
    spoken_to: str = ""
    phone: str = ""
    call_back_on: date | None = None

    @property
    def is_of_a_call(self) -> bool:
        """Whether it holds what only a call has."""
        return bool(self.spoken_to or self.phone or self.call_back_on)


NO_REFERENCE = Reference()
