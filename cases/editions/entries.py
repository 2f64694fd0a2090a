"""What a content says row by row in words, and what is wrong with one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a content cannot hold: where (“rules[3].condition”) and what is wrong."""

    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer should know of a content that could hold.

    `row` is the key of the row it concerns, empty: the whole. An error keeps an edition from being
    released; a warning may stand, with a reason in the edition's note.
    """

    row: str
    words: str
    is_error: bool
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a book in words: its title, and what it says, by label."""

    key: str
    title: str
    says: Mapping[str, str] = field(default_factory=dict)
