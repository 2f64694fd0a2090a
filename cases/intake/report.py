"""What a run came to, file by file and as a whole: the object that `ingest --json` prints."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from integrations.inbox.models import Message
from integrations.ports.totals import Totals


class ExitCode(IntEnum):
    """How a command ends."""

    ALL_IN = 0
    NOTHING_READ = 2
    SOME_SET_ASIDE = 3
    DETECTION_PENDING = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that waits for a person. `position` is a segment from 1; 0: the whole file."""

    file: str
    position: int
    claim: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return {
            "file": self.file,
            "position": self.position,
            "claim": self.claim,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file.

    `message` is None when it could not be stored. `was_held`: the same content came before.
    """

    name: str
    message: Message | None
    was_held: bool
    is_fresh: bool
    totals: Totals
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many cases a run opened, changed (or opened again) and closed."""

    opened: int = 0
    updated: int = 0
    closed: int = 0

    def __add__(self, other: "CaseCounts") -> "CaseCounts":
        """Both together."""
        return CaseCounts(
            self.opened + other.opened,
            self.updated + other.updated,
            self.closed + other.closed,
        )


@dataclass(frozen=True, slots=True)
class DenialCounts:
    """Claims denied in whole and in part, by the code map of today."""

    whole: int = 0
    partial: int = 0


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What a run came to. `is_pending`: detection had not come to its end in time."""

    files: Sequence[FileReport]
    denials: DenialCounts
    cases: CaseCounts
    is_pending: bool = False
    totals: Totals = field(init=False)

    def __post_init__(self) -> None:
        """Add the files up."""
        totals = Totals()
        for file in self.files:
            totals.add(file.totals)
        object.__setattr__(self, "totals", totals)

    @property
    def quarantined(self) -> list[Piece]:
        """All that waits for a person."""
        return [piece for file in self.files for piece in file.pieces]

    @property
    def exit_code(self) -> ExitCode:
        """0: all went in; 2: nothing could be read; 3: something waits; 4: detection pending."""
        if not self.totals.transactions:
            return ExitCode.NOTHING_READ
        if self.is_pending:
            return ExitCode.DETECTION_PENDING
        return ExitCode.SOME_SET_ASIDE if self.quarantined else ExitCode.ALL_IN

    def as_json(self) -> dict[str, Any]:
        """The object: counts as numbers, amounts as text with two decimals."""
        totals = self.totals
        return {
            "files": len(self.files),
            "messages": len([file for file in self.files if file.message is not None]),
            "transactions": totals.transactions,
            "claims": totals.claims,
            "lines": totals.lines,
            "charge": f"{totals.charge:.2f}",
            "paid": f"{totals.paid:.2f}",
            "plb_total": f"{totals.plb_total:.2f}",
            "denied_claims": self.denials.whole,
            "partially_denied_claims": self.denials.partial,
            "reversals": totals.reversals,
            "unbalanced_transactions": totals.unbalanced_transactions,
            "duplicates": totals.duplicates,
            "quarantined": [piece.as_json() for piece in self.quarantined],
            "cases_opened": self.cases.opened,
            "cases_updated": self.cases.updated,
            "cases_closed": self.cases.closed,
        }
