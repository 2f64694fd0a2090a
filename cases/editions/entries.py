"""What a content says row by row in words, and what is wrong with one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a content cannot hold: where (“rules[3].condition”) and what is wrong."""

    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a book in words: its title, and what it says, by label."""

    key: str
    title: str
    says: Mapping[str, str] = field(default_factory=dict)
